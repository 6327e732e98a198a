import type { Stack, StackFile } from '@4runr/local-stack';
import { cpuByPart } from './cpu.ts';
import { quantile } from './quantiles.ts';

/** Medians of a replica's starts, in milliseconds. */
export interface StartCost {
  /** Until `/readyz` says yes, which is asked every 50 ms. */
  readonly wallMs: number;
  /** User's and system's CPU time until then. */
  readonly cpuMs: number;
}

/** Stops and starts each service of a running mesh, one after the other, `times` in turn; nothing for none. */
export async function measureStarts(stack: Stack, times: number): Promise<ReadonlyMap<string, StartCost>> {
  if (times === 0) return new Map();
  const costs = new Map<string, StartCost[]>(replicasOf(stack.describe()).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1)
    for (const [name, seen] of costs) seen.push(await startAgain(stack, name));
  return new Map([...costs].map(([name, seen]) => [name, medianOf(seen)]));
}

/** Their processes bear the names of services; those of further replicas have a number besides. */
function replicasOf({ parts, services }: StackFile): string[] {
  return parts.map(({ name }) => name).filter((name) => services[name] !== undefined);
}

async function startAgain(stack: Stack, name: string): Promise<StartCost> {
  await stack.stopPart(name);
  const startedAt = performance.now();
  await stack.startPart(name);
  const wallMs = performance.now() - startedAt;
  return { wallMs, cpuMs: (cpuByPart(stack.describe()).get(name) ?? Number.NaN) / 1_000 };
}

function medianOf(starts: readonly StartCost[]): StartCost {
  const median = (of: (start: StartCost) => number) => quantile(starts.map(of), 0.5);
  return { wallMs: median(({ wallMs }) => wallMs), cpuMs: median(({ cpuMs }) => cpuMs) };
}
