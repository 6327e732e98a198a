import { setTimeout as delay } from 'node:timers/promises';
import { pick } from './seeded-random.ts';
import type { WatchedMesh } from './watched-mesh.ts';

/** Most calls that are acknowledged between two strikes, so that each hits a mesh at work. */
const servedMax = 40;

/** Nor does a strike wait longer for them, in milliseconds: then it hits while the last one still heals. */
const waitMsMax = 6_000;

export interface Strike {
  /** Calls that are acknowledged after the strike before. */
  readonly afterCalls: number;
  /** Killed at once. */
  readonly parts: ReadonlySet<string>;
}

/** Parts that the trail passes on its way. */
const isKeeper = (part: string) => /^(redis-state|policy-service|postgres)/.test(part);

/** Every other time a part that keeps the trail, every fourth time two parts. The simulated providers are spared: they bear witness. */
export function planStrikes(mesh: WatchedMesh, strikes: number, random: () => number): Strike[] {
  const parts = mesh.parts.filter((part) => part !== 'provider-simulator');
  const keepers = parts.filter(isKeeper);
  return Array.from({ length: strikes }, (_, number) => {
    const first = pick(random, number % 2 === 0 ? keepers : parts);
    const struck = number % 4 === 3 ? [first, pick(random, parts)] : [first];
    return { afterCalls: Math.floor(random() * servedMax), parts: new Set(struck) };
  });
}

/** Kills by SIGKILL. @param served how many calls have been acknowledged. @returns how often each part was killed */
export async function strike(
  mesh: WatchedMesh,
  plan: readonly Strike[],
  served: () => number,
): Promise<ReadonlyMap<string, number>> {
  const killed = new Map<string, number>();
  for (const { afterCalls, parts } of plan) {
    const enough = served() + afterCalls;
    const until = performance.now() + waitMsMax;
    while (served() <= enough && performance.now() < until) await delay(5);
    for (const part of parts) {
      mesh.kill(part);
      killed.set(part, (killed.get(part) ?? 0) + 1);
    }
  }
  return killed;
}
