import type { ServiceClient } from '@4runr/service-kit/client';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Tool, ToolRegistry } from '../domain/tool.ts';
import { type ManifestReader, readManifestOf } from './manifest-reader.ts';

/** How often manifests are read again. */
export interface ManifestIntervals {
  /** While an adapter does not tell of its tool, in milliseconds. */
  readonly retryMs: number;
  /** Else, to see upgrades, in milliseconds. */
  readonly refreshMs: number;
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
  let said: string | undefined;
  kit.onClose(`manifest of ${name}`, () => {
    stopped = true;
    clearTimeout(timer);
  });
  async function attempt(): Promise<void> {
    const outcome = await read();
    if (outcome.kind === 'usable') tools.set(name, outcome.tool);
    if (outcome.kind === 'unusable') tools.delete(name);
    const fault = outcome.kind === 'usable' ? undefined : outcome.fault;
    if (fault !== said) report(kit, name, { kind: outcome.kind, fault });
    said = fault;
    const { retryMs, refreshMs } = intervals;
    if (!stopped) timer = setTimeout(attempt, outcome.kind === 'silent' ? retryMs : refreshMs);
  }
  await attempt();
}

function report(
  { logger }: ManifestRegistryParts,
  tool: string,
  { kind, fault }: { kind: 'usable' | 'unusable' | 'silent'; fault: string | undefined },
): void {
  if (kind === 'usable') logger.info({ tool }, 'the manifest can be read again');
  else if (kind === 'silent') logger.warn({ tool, fault }, 'the adapter does not tell of its tool');
  else logger.error({ tool, fault }, 'the manifest cannot be used, so the tool is not offered');
}
