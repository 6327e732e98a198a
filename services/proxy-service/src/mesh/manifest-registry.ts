import type { ServiceClient } from '@4runr/service-kit/client';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { type AbsenceLevel, createAbsenceLevel } from '@4runr/service-kit/telemetry';
import type { Tool, ToolRegistry } from '../domain/tool.ts';
import { type ManifestReader, type ManifestReading, readManifestOf } from './manifest-reader.ts';

/** How often manifests are read again. */
export interface ManifestIntervals {
  /** While an adapter does not tell of its tool, in milliseconds. */
  readonly retryMs: number;
  /** Else, to see upgrades, in milliseconds. */
  readonly refreshMs: number;
  /** How long after the start an adapter may be away without a warning, in milliseconds. Default ten seconds. */
  readonly startGraceMs?: number;
}

const intervalsDefault: ManifestIntervals = { retryMs: 250, refreshMs: 10_000 };

type ManifestRegistryParts = Pick<Kit, 'logger' | 'onClose'>;

export interface ManifestRegistry extends ToolRegistry {
  /** Resolves when every adapter has been asked once, whatever came of it. */
  readonly firstRound: Promise<void>;
}

/**
 * Reads the manifests of the configured adapters and keeps them current until the service stops, each on its own: an adapter
 * that is gone keeps its tool, since it may be back any moment; one that tells of something unusable loses it until it
 * does better.
 */
export function createManifestRegistry(
  kit: ManifestRegistryParts,
  clients: ReadonlyMap<string, ServiceClient>,
  intervals: ManifestIntervals = intervalsDefault,
): ManifestRegistry {
  const tools = new Map<string, Tool>();
  const rounds = [...clients].map(([name, client]) => {
    const read = readManifestOf(name, client);
    return keepReading(kit, name, { read, tools, intervals });
  });
  return {
    names: new Set(clients.keys()),
    firstRound: Promise.all(rounds).then(() => undefined),
    get: (name) => tools.get(name),
    all: () => [...tools.values()],
  };
}

/** Resolves after the first attempt; attempts go on in the background. What is wrong is logged once, not each time. */
async function keepReading(
  kit: ManifestRegistryParts,
  name: string,
  {
    read,
    tools,
    intervals,
  }: { read: ManifestReader; tools: Map<string, Tool>; intervals: ManifestIntervals },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const absence = createAbsenceLevel({ graceMs: intervals.startGraceMs });
  let said = whatToSay({ kind: 'usable' }, absence);
  kit.onClose(`manifest of ${name}`, () => {
    stopped = true;
    clearTimeout(timer);
  });
  async function attempt(): Promise<void> {
    const reading = await read();
    if (reading.kind === 'usable') tools.set(name, reading.tool);
    if (reading.kind === 'unusable') tools.delete(name);
    if (reading.kind !== 'silent') absence.recordPresence();
    const say = whatToSay(reading, absence);
    if (say.level !== said.level || say.fault !== said.fault)
      kit.logger[say.level]({ tool: name, fault: say.fault }, say.message);
    said = say;
    const { retryMs, refreshMs } = intervals;
    if (!stopped) timer = setTimeout(attempt, reading.kind === 'silent' ? retryMs : refreshMs);
  }
  await attempt();
}

interface Saying {
  readonly level: 'info' | 'warn' | 'error';
  readonly fault: string | undefined;
  readonly message: string;
}

type Told = Pick<ManifestReading, 'kind'> & { readonly fault?: string | undefined };

function whatToSay({ kind, fault }: Told, absence: AbsenceLevel): Saying {
  switch (kind) {
    case 'usable':
      return { level: 'info', fault, message: 'the manifest can be read again' };
    case 'silent':
      return { level: absence.current(), fault, message: 'the adapter does not tell of its tool' };
    case 'unusable':
      return { level: 'error', fault, message: 'the manifest cannot be used, so the tool is not offered' };
  }
}
