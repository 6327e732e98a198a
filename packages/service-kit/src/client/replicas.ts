import type { SignsOfLife } from './signs-of-life.ts';

/** How long a replica that could not be connected to is tried after the others, in milliseconds. */
const restMs = 1_000;

/** The replicas of one service, taken by turns. */
export interface Replicas extends Pick<SignsOfLife, 'heardFrom' | 'isSilent'> {
  /** All origins, in the order in which they should be tried now: resting and silent ones last. */
  inTurn(): string[];
  /** Lets a replica rest that could not be connected to, so that not every call waits for it. */
  rest(origin: string): void;
}

export interface ReplicasOptions {
  /** Default: nobody is ever silent. */
  readonly signs?: Pick<SignsOfLife, 'heardFrom' | 'isSilent' | 'wasSilent'>;
  readonly clock?: () => number;
}

const noSilence: Required<ReplicasOptions>['signs'] = {
  heardFrom: () => {},
  isSilent: async () => false,
  wasSilent: () => false,
};

/**
 * @param currentOrigins which replicas there are, each time they are asked for; never none
 * @throws RangeError without any origin
 */
export function createReplicas(
  currentOrigins: () => readonly string[],
  { signs = noSilence, clock = Date.now }: ReplicasOptions = {},
): Replicas {
  if (currentOrigins().length === 0) throw new RangeError('a service without replicas cannot be called');
  const restingUntil = new Map<string, number>();
  let turn = 0;
  const isLast = (origin: string) => signs.wasSilent(origin) || (restingUntil.get(origin) ?? 0) > clock();
  return {
    heardFrom: (origin) => signs.heardFrom(origin),
    isSilent: (origin) => signs.isSilent(origin),
    inTurn() {
      const origins = currentOrigins();
      const first = turn++ % origins.length;
      const order = [...origins.slice(first), ...origins.slice(0, first)];
      if (!order.some(isLast)) return order;
      return [...order.filter((origin) => !isLast(origin)), ...order.filter(isLast)];
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
