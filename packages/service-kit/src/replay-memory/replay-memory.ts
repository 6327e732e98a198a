import { randomUUID } from 'node:crypto';
import { ProblemError } from '../errors/index.ts';
import type { Redis } from '../redis/index.ts';
import { memoryScript, useScript } from './redis-scripts.ts';

/** A stretch of time over which Redis has forgotten nothing of what was used. */
export interface MemoryOfUse {
  /** Another one for each loss of data, and each run of the server. */
  readonly id: string;
  /** What was used later is remembered, in seconds since the epoch. */
  readonly beganAtSeconds: number;
}

/** What became of the use of something that serves once. */
export interface Use {
  /** Whether it had not been used before, as far as `memory` reaches. */
  readonly isNew: boolean;
  readonly memory: MemoryOfUse;
}

/** Remembers, for all replicas and services, what was used that may be used once. */
export interface ReplayMemory {
  /**
   * Marks something as used.
   *
   * @param name of one kind of thing, of characters and a length of ours
   * @param forSeconds how long it could be used again; kept for a minute longer, for clocks that differ
   * @throws ProblemError `service.unavailable` when it cannot be known whether it was used: then nobody may pass
   */
  use(name: string, forSeconds: number): Promise<Use>;
  /** The present memory; begins one where there is none. @throws ProblemError `service.unavailable` */
  read(): Promise<MemoryOfUse>;
  /**
   * Begins a memory where there is none, or none of this run of the server.
   *
   * @param atSeconds since the epoch; 0 where nothing can have been used yet. Default now
   * @throws ProblemError `service.unavailable`
   */
  begin(atSeconds?: number): Promise<void>;
}

/** One hash tag, so that what was used and the memory of it share a slot of a Redis Cluster, and are lost together. */
const memoryKey = '{replay}:memory';
const usedKey = (name: string) => `{replay}:${name}`;

/** In seconds. */
const marginSeconds = 60;

/**
 * The memory in the state Redis: a key for each thing used, and one that says since when that is all. It names the run of the
 * server: one that was started again, or has taken over, may lack what was written last, and one that lost its data lacks
 * that key as well. Looking at it and using up are one script, so that no loss comes between.
 *
 * @param clock milliseconds since the epoch
 */
export function createReplayMemory(redis: Redis, clock: () => number = Date.now): ReplayMemory {
  const nowSeconds = () => Math.floor(clock() / 1_000);
  const candidate = (atSeconds: number) => `${atSeconds}.${randomUUID()}`;
  const read = async (atSeconds: number) => {
    const answer = redis.eval(memoryScript, { keys: [memoryKey], arguments: [candidate(atSeconds)] });
    return parseMemory(await answer.catch(refuseForNow));
  };
  return {
    async use(name, forSeconds) {
      const ttlSeconds = Math.max(Math.ceil(forSeconds), 0) + marginSeconds;
      const answer = redis.eval(useScript, {
        keys: [memoryKey, usedKey(name)],
        arguments: [candidate(nowSeconds()), String(ttlSeconds)],
      });
      const [isNew, memory] = (await answer.catch(refuseForNow)) as [number, string];
      return { isNew: isNew === 1, memory: parseMemory(memory) };
    },
    read: () => read(nowSeconds()),
    async begin(atSeconds = nowSeconds()) {
      await read(atSeconds);
    },
  };
}

/**
 * Refuses what may have been used before the memory began: that would not be known.
 *
 * @param madeAtSeconds since the epoch, by the clock of whoever made it; nothing is used before it is made
 * @throws ProblemError `service.unavailable`; what is made in the next second serves
 */
export function assertMadeWithin({ beganAtSeconds }: MemoryOfUse, madeAtSeconds: number): void {
  if (madeAtSeconds > beganAtSeconds) return;
  throw new ProblemError('service.unavailable', {
    detail: 'Whether this was used before cannot be known any more: make a new one.',
    headers: { 'Retry-After': '1' },
  });
}

/** `<run_id>.<seconds>.<random>` */
function parseMemory(value: unknown): MemoryOfUse {
  const id = String(value);
  return { id, beganAtSeconds: Number(id.split('.').at(-2)) };
}

function refuseForNow(cause: unknown): never {
  throw new ProblemError('service.unavailable', { cause, headers: { 'Retry-After': '1' } });
}
