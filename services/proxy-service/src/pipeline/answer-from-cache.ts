import { ProblemError } from '@4runr/service-kit/errors';
import { answerIdentityOf } from '../domain/cache/answer-identity.ts';
import { type CacheDirectives, parseCacheDirectives } from '../domain/cache/cache-directives.ts';
import { type Forwarding, type Hit, passedBy } from '../domain/cache/cache-handling.ts';
import { judgeAnswer } from '../domain/cache/judge-answer.ts';
import type { KeptAnswer } from '../domain/cache/kept-answer.ts';
import type { PermittedCall } from './authorize.ts';
import { countHandling, noteHandling } from './cache-record.ts';
import {
  type AnswerFetcher,
  type CacheableCall,
  createAnswerFetcher,
  type FetchParts,
} from './fetch-answer.ts';
import type { ForwardedCall } from './forward.ts';
import type { Bounds, Carry, Layer } from './layer.ts';

/**
 * Answers calls with what earlier ones have fetched, where the manifest lets it and the caller wants it; else it has the
 * answer fetched, for all who ask the same meanwhile, and keeps it. Answers alone are kept, no failures, and as the adapter
 * gave them: what a decision obliges to is done to each call's own.
 *
 * It stands within everything that is the call's own, and around everything that is the exchange's.
 */
export function answerFromCache(parts: FetchParts): Layer<ForwardedCall> {
  return (next) => {
    const fetcher = createAnswerFetcher(parts, next);
    return async (permitted, bounds) => {
      const { tool, action, observed, cacheControl } = permitted.call;
      const rules = action.manifest.cache;
      noteHandling(observed, passedBy);
      if (rules === undefined) return next(permitted, bounds);
      try {
        const asked = parseCacheDirectives(cacheControl);
        if (asked.noStore) return await passBy(next, permitted, bounds);
        const call = await lookUp(parts, permitted, rules);
        return { permitted, unfiltered: await answer({ parts, fetcher, call, asked }, bounds) };
      } finally {
        countHandling(parts.count, tool.name, observed);
      }
    };
  };
}

interface Answering {
  readonly parts: FetchParts;
  readonly fetcher: AnswerFetcher;
  readonly call: CacheableCall;
  readonly asked: CacheDirectives;
}

function passBy(
  next: Carry<ForwardedCall>,
  permitted: PermittedCall,
  bounds: Bounds,
): Promise<ForwardedCall> {
  noteHandling(permitted.call.observed, { ...passedBy, detail: 'no-store' });
  return next(permitted, bounds);
}

async function lookUp(
  { cache }: FetchParts,
  permitted: PermittedCall,
  rules: CacheableCall['rules'],
): Promise<CacheableCall> {
  const { call, adapterObligations } = permitted;
  const place = { tool: call.tool.name, identity: answerIdentityOf(call, rules, adapterObligations) };
  const startedAt = performance.now();
  const reading = await cache.read(place);
  call.observed.timings.cache = performance.now() - startedAt;
  return { permitted, rules, place, reading };
}

function answer(answering: Answering, bounds: Bounds): Promise<unknown> {
  const { parts, call, asked } = answering;
  const { kept } = call.reading ?? {};
  if (kept === undefined) return fetchAnew(answering, bounds, asked.noCache ? 'request' : 'miss');
  const verdict = judgeAnswer({
    ageSeconds: ageOf(kept, parts),
    rules: call.rules,
    asked,
    staleIfBrokenSeconds: parts.staleIfBrokenSeconds,
  });
  if (verdict.kind === 'answer') return Promise.resolve(answerKept(answering, kept, verdict));
  const fetched = fetchAnew(answering, bounds, verdict.because);
  return verdict.servesIfBroken ? fetched.catch(unlessBroken(answering, kept)) : fetched;
}

function answerKept(answering: Answering, kept: KeptAnswer, { isStale }: { isStale: boolean }): unknown {
  if (!isStale) return answerWith(answering, kept, 'none');
  const isBegun = answering.fetcher.refresh(answering.call);
  return answerWith(answering, kept, isBegun ? 'begun' : 'under_way');
}

/** What cannot be fetched because its tool is known not to work is answered as it was. */
function unlessBroken(answering: Answering, kept: KeptAnswer): (error: unknown) => unknown {
  return (error) => {
    if (!(error instanceof ProblemError && error.code === 'breaker.open')) throw error;
    return answerWith(answering, kept, 'broken');
  };
}

function answerWith({ parts, call }: Answering, kept: KeptAnswer, refresh: Hit['refresh']): unknown {
  const ageSeconds = ageOf(kept, parts);
  const ttlSeconds = call.rules.ttlSeconds - ageSeconds;
  noteHandling(call.permitted.call.observed, { kind: 'hit', ageSeconds, ttlSeconds, refresh });
  return kept.unfiltered;
}

/** Clocks of replicas may differ a little: no answer is younger than new. */
function ageOf({ askedAtMs }: KeptAnswer, { clock }: FetchParts): number {
  return Math.max(0, clock() - askedAtMs) / 1_000;
}

async function fetchAnew(
  { fetcher, call, asked }: Answering,
  bounds: Bounds,
  because: Forwarding['because'],
): Promise<unknown> {
  const { observed } = call.permitted.call;
  // To a caller that wants no kept answer, one that is under way is none either.
  const { isFirst, landed } = asked.noCache ? fetcher.fetch(call, bounds) : fetcher.share(call, bounds);
  const isCollapsed = !isFirst;
  const forwarding: Forwarding =
    call.reading === undefined
      ? { ...passedBy, isCollapsed, detail: 'unavailable' }
      : { kind: 'forwarded', because, isStored: false, isCollapsed };
  noteHandling(observed, forwarding);
  const { unfiltered, isStored } = await landed;
  noteHandling(observed, { ...forwarding, isStored: isStored && isFirst });
  return unfiltered;
}
