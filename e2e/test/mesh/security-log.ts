import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceName } from '@4runr/contracts/mesh';
import { stack } from './gateway.ts';

export interface LoggedEvent extends Readonly<Record<string, unknown>> {
  readonly event: string;
  readonly service: string;
  readonly level: string;
}

const withinMs = 5_000;

/**
 * The security events that the mesh has logged within a trace, once there is one.
 *
 * @throws Error when there is none within five seconds
 */
export async function securityEventsOf(traceId: string): Promise<readonly LoggedEvent[]> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const events = linesOf(traceId).filter(({ event }) => event?.startsWith('security.'));
    if (events.length > 0) return events;
    if (performance.now() > deadline)
      throw new Error(`no security event of ${traceId} within ${withinMs} ms`);
    await wait(20);
  }
}

/** How much of each log had been written when this was loaded: what was before is of other tests. */
const begun = new Map(logs().map((file) => [file, sizeOf(file)]));

function logs(): readonly string[] {
  const { services } = stack();
  return (Object.keys(services) as ServiceName[]).flatMap((name) =>
    (services[name] ?? []).map(({ log }) => log),
  );
}

function linesOf(traceId: string): readonly LoggedEvent[] {
  return logs().flatMap((file) =>
    readFrom(file, begun.get(file) ?? 0)
      .split('\n')
      .filter((line) => line.includes(`"trace_id":"${traceId}"`))
      .map((line) => JSON.parse(line) as LoggedEvent),
  );
}

function sizeOf(file: string): number {
  return withFile(file, (descriptor) => fstatSync(descriptor).size);
}

function readFrom(file: string, position: number): string {
  return withFile(file, (descriptor) => {
    const buffer = Buffer.alloc(Math.max(0, fstatSync(descriptor).size - position));
    return buffer.toString('utf8', 0, readSync(descriptor, buffer, { position }));
  });
}

function withFile<T>(file: string, use: (descriptor: number) => T): T {
  const descriptor = openSync(file, 'r');
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
