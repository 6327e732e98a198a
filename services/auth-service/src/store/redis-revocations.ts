import { randomUUID } from 'node:crypto';
import {
  type DatedRevocation,
  type Revocation,
  revocationFeedMax,
  revocationKeys,
  toRevocationEntry,
  toRevocationMessage,
} from '@4runr/contracts/revocation';
import type { Redis } from '@4runr/service-kit/redis';
import { feedScript, listScript, pruneScript, sealScript, stateScript } from './redis-revocation-scripts.ts';

/** The revocations that every reader follows: list, feed and generation (`@4runr/contracts/revocation`). */
export interface PublishedRevocations {
  /** Adds to list and feed, at once or not at all. A client's epoch in the list never falls. */
  add(revocations: readonly DatedRevocation[]): Promise<void>;
  /** Whether this Redis holds the whole list, and has held it since it was started. */
  isComplete(): Promise<boolean>;
  /**
   * Writes the whole list under a new generation.
   *
   * @param readAll reads what has to be in it; called once no data that is lost from here on can go unnoticed
   * @returns false when somebody else is doing it, or Redis lost its data meanwhile: then it is to be tried again
   */
  rebuild(readAll: () => Promise<readonly Revocation[]>): Promise<boolean>;
  /** Takes out of the list what expired before a time, in seconds since the epoch. */
  prune(revocations: readonly Revocation[], nowSeconds: number): Promise<void>;
}

/** Taken by whoever writes the list anew; gone with everything else when Redis loses its data. */
const rebuildKey = '{revocations}:rebuild';
/** How long one that died keeps others from writing the list, in milliseconds. */
const rebuildTtlMs = 2_000;
/** Entries per command: none of them holds up Redis for long. */
const batchMax = 1_000;

/** @param redis the state Redis; its commands reject within their deadline */
export function createPublishedRevocations(redis: Redis): PublishedRevocations {
  const { active, feed, generation } = revocationKeys;

  return {
    async add(revocations) {
      for (const batch of batchesOf(revocations)) {
        const messages = batch.map(toRevocationMessage);
        await redis.eval(feedScript, {
          keys: [active, feed],
          arguments: [
            String(revocationFeedMax),
            ...messages.flatMap(({ field, value, at }) => [field, value, at]),
          ],
        });
      }
    },

    async isComplete() {
      const { server, generation: current } = await readState(redis);
      return current?.startsWith(`${server}.`) ?? false;
    },

    async rebuild(readAll) {
      const { server } = await readState(redis);
      const turn = randomUUID();
      const expiration = { type: 'PX', value: rebuildTtlMs } as const;
      if ((await redis.set(rebuildKey, turn, { condition: 'NX', expiration })) !== 'OK') return false;
      for (const batch of batchesOf(await readAll())) {
        const entries = batch.map(toRevocationEntry).flatMap(({ field, value }) => [field, value]);
        const isOurTurn = await redis.eval(listScript, {
          keys: [active, rebuildKey],
          arguments: [turn, String(rebuildTtlMs), ...entries],
        });
        if (isOurTurn === 0) return false;
      }
      const isSealed = await redis.eval(sealScript, {
        keys: [generation, rebuildKey],
        arguments: [turn, `${server}.${turn}`],
      });
      return isSealed === 1;
    },

    async prune(revocations, nowSeconds) {
      for (const batch of batchesOf(revocations)) {
        const fields = batch.map((revocation) => toRevocationEntry(revocation).field);
        await redis.eval(pruneScript, { keys: [active], arguments: [String(nowSeconds), ...fields] });
      }
    },
  };
}

/** `undefined` where there is no generation. */
interface ListState {
  readonly server: string;
  readonly generation: string | undefined;
}

/**
 * The generation, and a name of one run of the server that has it, on a Redis Cluster one of its nodes. A server that was started
 * again, or that took over from another, may lack what was written last (design section 5), so a list from before is not believed
 * to be whole.
 */
async function readState(redis: Redis): Promise<ListState> {
  const reply = await redis.eval(stateScript, { keys: [revocationKeys.generation], arguments: [] });
  const [server, generation] = reply as [string, string | null | undefined];
  return { server, generation: generation ?? undefined };
}

function batchesOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / batchMax) }, (_, index) =>
    items.slice(index * batchMax, (index + 1) * batchMax),
  );
}
