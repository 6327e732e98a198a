import { setImmediate } from 'node:timers/promises';
import { type Replay, replayRequestSchema } from '@4runr/contracts/replay';
import { operatorOf } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import { parseBody } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { RequestHandler, Response } from 'express';
import type { ActivePolicies } from '../../domain/active-policies.ts';
import { type ReplayParts, replayPeriod } from '../../domain/replay/replay-period.ts';
import { formatAuditCursor, parseAuditCursor } from '../audit-cursor.ts';
import { parseCandidatePolicy } from './candidate-policy.ts';

/** How long one answer may take, in milliseconds; what is left then is asked for by its cursor. */
const answerWithinMs = 15_000;
/** How long a turn of the event loop may last, in milliseconds: decisions wait for its end. */
const turnMs = 1;

export interface ReplayHandlerParts {
  readonly kit: Pick<Kit, 'logger'>;
  readonly active: Pick<ActivePolicies, 'current'>;
  readonly pastCalls: ReplayParts['calls'];
  readonly policyPast: ReplayParts['policies'];
  readonly openFacts: ReplayParts['openFacts'];
}

/**
 * `POST /v1/policies/replay`: the verdicts of a past period that would be others. One at a time: the others are answered 429
 * `rate.limited`, since decisions have to be made meanwhile.
 */
export function replayCallsHandler(parts: ReplayHandlerParts): RequestHandler {
  let isBusy = false;
  return async (request, response) => {
    const { policy, from, to, limit, cursor } = parseBody(replayRequestSchema, request.body);
    const candidate = parseCandidatePolicy(policy);
    const after = cursor === undefined ? undefined : parseAuditCursor(cursor);
    if (isBusy) throw busy();
    isBusy = true;
    try {
      const period = { fromMs: from, toMs: to, candidate, after, changedMax: limit };
      response.set('Cache-Control', 'no-store').json(await replay(parts, { period, response }));
    } finally {
      isBusy = false;
    }
  };
}

type Period = Omit<Parameters<typeof replayPeriod>[1], 'known' | 'signal'>;

async function replay(
  { kit, active, pastCalls, policyPast, openFacts }: ReplayHandlerParts,
  { period, response }: { period: Period; response: Response },
): Promise<Replay> {
  const startedAt = performance.now();
  const left = new AbortController();
  response.once('close', () => left.abort());
  const { replay: replayed, next } = await replayPeriod(
    { calls: pastCalls, policies: policyPast, openFacts, breathe: createBreather() },
    {
      ...period,
      known: active.current().policies,
      signal: AbortSignal.any([left.signal, AbortSignal.timeout(answerWithinMs)]),
    },
  );
  const { evaluated, changed, undeterminable } = replayed;
  const counts = { evaluated, changed: changed.length, undeterminable };
  const tookMs = Math.round(performance.now() - startedAt);
  kit.logger.info(
    { policy: period.candidate?.name, operator: operatorOf(response).sub, ...counts, tookMs },
    'calls replayed',
  );
  return { ...replayed, nextCursor: next === undefined ? null : formatAuditCursor(next) };
}

function createBreather(): () => Promise<void> {
  let resumedAt = performance.now();
  return async () => {
    if (performance.now() - resumedAt < turnMs) return;
    await setImmediate();
    resumedAt = performance.now();
  };
}

function busy(): ProblemError {
  return new ProblemError('rate.limited', {
    detail: 'Another replay is going on; there is one at a time.',
    headers: { 'Retry-After': '5' },
  });
}
