import type { Redis } from '@4runr/service-kit/redis';

export interface TurnOptions {
  readonly key: string;
  /** A name that no other replica has or ever had. */
  readonly replica: string;
  /** Another replica has a turn when the one that had it has not asked for so long, in milliseconds. */
  readonly heldMs: number;
}

/**
 * Work that one replica does at a time, the same for as long as it lives. Two may do it for a moment: it has to bear that.
 *
 * @returns whether it is the turn of this replica, which has it from then on
 */
export function createTurn(redis: Redis, { key, replica, heldMs }: TurnOptions): () => Promise<boolean> {
  const expiration = { type: 'PX' as const, value: heldMs };
  return async () => {
    if ((await redis.set(key, replica, { condition: 'NX', expiration })) === 'OK') return true;
    if ((await redis.get(key)) !== replica) return false;
    await redis.set(key, replica, { expiration });
    return true;
  };
}
