/** How long a replica that could not be connected to is tried after the others, in milliseconds. */
const restMs = 1_000;

/** The replicas of one service, taken by turns. */
export interface Replicas {
  /** All origins, in the order in which they should be tried now: resting ones last. */
  inTurn(): string[];
  /** Lets a replica rest that could not be connected to, so that not every call waits for it. */
  rest(origin: string): void;
}

/**
 * @param currentOrigins which replicas there are, each time they are asked for; never none
 * @throws RangeError without any origin
 */
export function createReplicas(
  currentOrigins: () => readonly string[],
  clock: () => number = Date.now,
): Replicas {
  if (currentOrigins().length === 0) throw new RangeError('a service without replicas cannot be called');
  const restingUntil = new Map<string, number>();
  let turn = 0;
  return {
    inTurn() {
      const origins = currentOrigins();
      const first = turn++ % origins.length;
      const order = [...origins.slice(first), ...origins.slice(0, first)];
      if (restingUntil.size === 0) return order;
      const isResting = (origin: string) => (restingUntil.get(origin) ?? 0) > clock();
      return [...order.filter((origin) => !isResting(origin)), ...order.filter(isResting)];
    },
    rest(origin) {
      forgetPast(restingUntil, clock());
      restingUntil.set(origin, clock() + restMs);
    },
  };
}

/** Replicas that are gone for good rest no longer either. */
function forgetPast(until: Map<string, number>, now: number): void {
  for (const [origin, time] of until) if (time <= now) until.delete(origin);
}
