import { Pool } from 'undici';
import { readUsage } from '../run/process-usage.ts';
import { callAtRate, callForTime } from './make-calls.ts';
import type { Target } from './target.ts';

/** One target in one round. */
export interface Round {
  /** Calls per second, as many at a time as there are connections. */
  readonly throughput: number;
  /** Microseconds of CPU for each of these calls, of all its processes. */
  readonly cpuUs: number;
  /** Milliseconds of each call at the fixed rate. */
  readonly times: readonly number[];
}

export interface MeasureOptions {
  readonly rounds: number;
  /** Milliseconds of a target's time in a round, for each of both. */
  readonly ms: number;
  readonly perSecond: number;
  /** Before each round; it is waited for. */
  readonly onRound: (round: number) => Promise<void>;
}

const warmUpRounds = 2;

/** Every target in turn, round by round, so that what else the machine does hits all of them alike. */
export async function measureTargets(
  targets: readonly Target[],
  { rounds, ms, perSecond, onRound }: MeasureOptions,
): Promise<ReadonlyMap<Target, readonly Round[]>> {
  const measured = new Map<Target, Round[]>(targets.map((target) => [target, []]));
  const pools = new Map(targets.map((target) => [target, new Pool(target.url, { connections: 128 })]));
  try {
    // Until everything is compiled that calls go through.
    for (const [target, pool] of pools) await callForTime(pool, target, ms * warmUpRounds);
    for (let round = 1; round <= rounds; round += 1) {
      await onRound(round);
      // The other way round each second time: nobody is always after the same one.
      for (const [target, pool] of round % 2 === 1 ? pools : [...pools].reverse())
        measured.get(target)?.push(await measureRound(pool, target, { ms, perSecond }));
    }
    return measured;
  } finally {
    await Promise.all([...pools.values()].map((pool) => pool.close()));
  }
}

async function measureRound(
  pool: Pool,
  target: Target,
  { ms, perSecond }: { ms: number; perSecond: number },
): Promise<Round> {
  const [before, begunAt] = [cpuUsOf(target), performance.now()];
  const { length } = await callForTime(pool, target, ms);
  const seconds = (performance.now() - begunAt) / 1_000;
  const cpuUs = (cpuUsOf(target) - before) / length;
  return { throughput: length / seconds, cpuUs, times: await callAtRate(pool, target, { perSecond, ms }) };
}

export function cpuUsOf({ parts }: Pick<Target, 'parts'>): number {
  return readUsage(parts()).reduce((sum, { cpuUs }) => sum + cpuUs, 0);
}
