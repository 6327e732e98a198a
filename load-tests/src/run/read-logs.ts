import { createReadStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import { isService } from '../record/part-names.ts';
import type { LoggedEvents } from '../record/run-record.ts';

/**
 * What the services' logs tell of a run: lines that machines read (`docs/logs.md`), from a moment of the clock on. Null where the logs are
 * elsewhere, or calls are not logged.
 *
 * @param sinceMs milliseconds since the epoch
 */
export async function readLogs(mesh: MeshUnderLoad, sinceMs: number): Promise<LoggedEvents | null> {
  const { describe, root, settings } = mesh;
  const logs = describe()?.parts.flatMap(({ name, log }) => (isService(name) ? [log] : []));
  if (logs === undefined || (settings.LOG_LEVEL ?? 'info') !== 'info') return null;
  const tally = createTally();
  for (const log of logs)
    for await (const line of createInterface({ input: createReadStream(path.resolve(root, log)) })) {
      const event = parseEvent(line);
      if (event !== undefined && Date.parse(event.time) >= sinceMs) tally.add(event);
    }
  return tally.events();
}

interface LogEvent {
  readonly time: string;
  readonly event: string;
  readonly trace_id?: string;
  readonly code?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Undefined of lines that are not for machines, and of one that was cut off. */
function parseEvent(line: string): LogEvent | undefined {
  if (!line.includes('"event":"')) return undefined;
  try {
    return JSON.parse(line) as LogEvent;
  } catch {
    return undefined;
  }
}

export function createTally(): { add(event: LogEvent): void; events(): LoggedEvents } {
  const counts = { calls: 0, failures: 0 };
  const securityEvents: Record<string, number> = {};
  const openingMs: number[] = [];
  /** Moments at which calls opened a breaker, by their traces. */
  const openedAt = new Map<string, number>();
  return {
    add({ time, event, trace_id: trace = '', code, from, to }) {
      const [, name] = /^security\.(.+)$/.exec(event) ?? [];
      if (name !== undefined) securityEvents[name] = (securityEvents[name] ?? 0) + 1;
      if (event === 'breaker' && from === 'closed' && to === 'open') openedAt.set(trace, Date.parse(time));
      if (event !== 'call') return;
      counts.calls += 1;
      if (code !== undefined) counts.failures += 1;
      const opened = openedAt.get(trace);
      if (opened !== undefined) openingMs.push(Date.parse(time) - opened);
      openedAt.delete(trace);
    },
    events: () => ({ ...counts, securityEvents, openingMs }),
  };
}
