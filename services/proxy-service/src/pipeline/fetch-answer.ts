import type { ActionCache } from '@4runr/contracts/manifest';
import type { AnswerCache, AnswerPlace, CacheReading, KeptAnswer } from '../domain/cache/kept-answer.ts';
import type { Observed } from '../domain/call.ts';
import { createSingleFlight, type Joined } from '../domain/single-flight.ts';
import type { PermittedCall } from './authorize.ts';
import type { CountCacheEvent } from './cache-record.ts';
import type { ForwardedCall } from './forward.ts';
import type { Bounds, Carry } from './layer.ts';

export interface FetchParts {
  readonly cache: AnswerCache;
  readonly count: CountCacheEvent;
  /** How long after its life an answer serves while a breaker is open, in seconds. */
  readonly staleIfBrokenSeconds: number;
  /** Ends what is fetched behind answers when the service stops. */
  readonly closing: AbortSignal;
  /** Longest time that any caller waits, and so the time of what is fetched for many, in milliseconds. */
  readonly longestWaitMs: number;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** A call whose answer may be kept. */
export interface CacheableCall {
  readonly permitted: PermittedCall;
  readonly rules: ActionCache;
  readonly place: AnswerPlace;
  /** `undefined` where the cache cannot be asked: then nothing is kept. */
  readonly reading: CacheReading | undefined;
}

export interface Fetched {
  readonly unfiltered: unknown;
  readonly isStored: boolean;
}

interface SharedFetch extends Fetched {
  /** What was seen of the exchange. */
  readonly seen: Observed;
  /** Resolves when the answer can be read from the cache, if it is kept. */
  readonly written?: Promise<unknown>;
}

/** Fetches answers, and keeps them. Each throws what the carrying out of the call throws. */
export interface AnswerFetcher {
  /** For this call alone. */
  fetch(call: CacheableCall, bounds: Bounds): Joined<Fetched>;
  /**
   * Once for all who want the same meanwhile. A caller that leaves, or whose time is up, ends it only where no other waits. What was sent is seen of
   * the call that came first; the others have waited.
   */
  share(call: CacheableCall, bounds: Bounds): Joined<Fetched>;
  /** The same, while nobody waits for it. @returns whether it was begun for this call */
  refresh(call: CacheableCall): boolean;
}

export function createAnswerFetcher(parts: FetchParts, next: Carry<ForwardedCall>): AnswerFetcher {
  const flights = createSingleFlight<SharedFetch>(({ written }) => written);

  async function carryOut(call: CacheableCall, seen: Observed, bounds: Bounds): Promise<SharedFetch> {
    const askedAtMs = parts.clock();
    const { unfiltered } = await next(call.permitted.apart(seen), bounds);
    return { unfiltered, seen, ...keep(parts, call, { unfiltered, askedAtMs }) };
  }

  /** Answers of different generations do not mix: one is void. */
  function join(call: CacheableCall, waiting: Bounds, seen: Observed) {
    const key = `${call.reading?.generation ?? ''} ${call.place.identity}`;
    const endsAt = performance.now() + parts.longestWaitMs;
    return flights.join(key, waiting, (signal) => carryOut(call, seen, { signal, endsAt }));
  }

  return {
    fetch: (call, bounds) => ({
      isFirst: true,
      landed: carryOut(call, call.permitted.call.observed, bounds),
    }),
    share(call, bounds) {
      const { observed } = call.permitted.call;
      const seen: Observed = { timings: {} };
      const startedAt = performance.now();
      const { isFirst, landed } = join(call, bounds, seen);
      if (isFirst) return { isFirst, landed: landed.finally(() => adopt(observed, seen)) };
      return {
        isFirst,
        landed: landed.then((fetched) => {
          noteWait(observed, performance.now() - startedAt, fetched.seen);
          return fetched;
        }),
      };
    },
    refresh(call) {
      const { tool } = call.place;
      const waiting = { signal: parts.closing, endsAt: Number.POSITIVE_INFINITY };
      const { isFirst, landed } = join(call, waiting, { timings: {} });
      if (isFirst) {
        landed.then(
          () => parts.count(tool, 'refresh'),
          () => parts.count(tool, 'refresh_failed'),
        );
      } else landed.catch(() => {});
      return isFirst;
    },
  };
}

function keep(
  { cache, count, staleIfBrokenSeconds }: FetchParts,
  { place, rules, reading }: CacheableCall,
  answer: KeptAnswer,
): Pick<SharedFetch, 'isStored' | 'written'> {
  if (reading === undefined) return { isStored: false };
  const { ttlSeconds, staleWhileRevalidateSeconds = 0 } = rules;
  const seconds = ttlSeconds + Math.max(staleWhileRevalidateSeconds, staleIfBrokenSeconds);
  const keeping = cache.keep(place, answer, { generation: reading.generation, seconds });
  if (keeping.kind === 'too_large') count(place.tool, 'too_large');
  if (keeping.kind !== 'kept') return { isStored: false };
  count(place.tool, 'stored');
  return { isStored: true, written: keeping.written };
}

/** What was seen of the exchange is what is seen of the call that it was made for. */
function adopt(observed: Observed, { timings, ...seen }: Observed): void {
  Object.assign(observed, seen);
  Object.assign(observed.timings, timings);
}

/** To whoever waited for another's exchange, that was the adapter's time, and the provider's as far as it lasted. */
function noteWait({ timings }: Observed, waitedMs: number, seen: Observed): void {
  timings.adapter = waitedMs;
  timings.upstream = Math.min(waitedMs, seen.timings.upstream ?? waitedMs);
}
