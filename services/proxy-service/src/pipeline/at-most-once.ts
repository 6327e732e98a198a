import type { Effect } from '@4runr/contracts/manifest';
import { problemKinds } from '@4runr/contracts/problem';
import { ProblemError, toProblemError } from '@4runr/service-kit/errors';
import type { EarlierCall, KeptOutcome, KeyHold } from '../domain/keyed-call.ts';
import type { PermittedCall } from './authorize.ts';
import type { ForwardedCall } from './forward.ts';
import { inProgress } from './idempotency.ts';
import type { Bounds, Layer } from './layer.ts';
import { dispatchedOf } from './settlement.ts';

/**
 * Carries a call with an idempotency key out at most once, and keeps what came of it; one that was made before is answered by that.
 * It stands outside every other layer: nothing that may send an effect is asked before the key says that the call is being
 * dispatched. A call with a key is carried through when its client leaves, so that the client can ask for what came of it.
 *
 * @throws ProblemError what came of the earlier call, `upstream.outcome_unknown` where nobody knows; `idempotency.in_progress` when
 * another has taken the key meanwhile; `service.unavailable` when that is not known
 */
export function atMostOnce(): Layer<ForwardedCall> {
  return (next) => {
    const carryOut = async (permitted: PermittedCall, bounds: Bounds, hold: KeyHold) => {
      try {
        await begin(permitted, hold);
        const forwarded = await next(permitted, { ...bounds, signal: new AbortController().signal });
        await hold.finish({ kind: 'completed', result: forwarded.unfiltered });
        return forwarded;
      } catch (error) {
        await endFailed(permitted, hold, error);
        throw error;
      }
    };
    return (permitted, bounds) => {
      const { keyed } = permitted.call;
      if (keyed === undefined) return next(permitted, bounds);
      return keyed.kind === 'held'
        ? carryOut(permitted, bounds, keyed.hold)
        : replay(permitted, keyed.earlier);
    };
  };
}

/** Of an effect it has to be known first; a read that a dead replica has begun is made again. @throws ProblemError */
async function begin({ call }: PermittedCall, hold: KeyHold): Promise<void> {
  if (call.action.manifest.effect !== 'effect') hold.renew();
  else if (!(await hold.dispatch())) throw inProgress();
}

async function replay(permitted: PermittedCall, { callId, outcome }: EarlierCall): Promise<ForwardedCall> {
  permitted.call.observed.replayOf = callId;
  switch (outcome.kind) {
    case 'completed':
      return { permitted, unfiltered: outcome.result };
    case 'failed':
      throw new ProblemError(outcome.problem.code, {
        extensions: outcome.problem.extensions,
        ...(outcome.problem.detail === undefined ? {} : { detail: outcome.problem.detail }),
      });
    case 'unkept':
      throw new ProblemError('response.too_large', {
        detail: `The call was carried out as ${callId}. Its result was too long to be kept.`,
        extensions: { dispatched: 'yes', reason: 'result_not_kept' },
      });
    case 'unknown':
      throw new ProblemError('upstream.outcome_unknown', {
        detail: `The call was begun as ${callId}, and nobody knows what came of it.`,
        extensions: { dispatched: 'maybe' },
      });
  }
}

/** Keeps what came of a call that failed, unless it can be made again without doing anything twice. */
async function endFailed({ call }: PermittedCall, hold: KeyHold, error: unknown): Promise<void> {
  const problem = toProblemError(error);
  const dispatched = dispatchedOf({ kind: 'failed', problem }, call.observed);
  if (dispatched === 'no' || isRepeatable(problem, call.action.manifest.effect)) await hold.release();
  else await hold.finish(toKeep(problem, dispatched));
}

/** Whoever asks again for what does no harm twice wants it tried again, as far as that may help. */
function isRepeatable({ code }: ProblemError, effect: Effect): boolean {
  const { retryable, fault } = problemKinds[code];
  return effect !== 'effect' && (retryable || fault === 'platform');
}

/** A failure that nobody foresaw says nothing of what was done. */
function toKeep({ code, detail, extensions }: ProblemError, dispatched: 'maybe' | 'yes'): KeptOutcome {
  if (code === 'internal')
    return {
      kind: 'failed',
      problem: { code: 'upstream.outcome_unknown', extensions: { dispatched: 'maybe' } },
    };
  const { errors, reason, upstreamStatus } = extensions;
  return {
    kind: 'failed',
    problem: {
      code,
      detail,
      extensions: {
        dispatched,
        ...(errors === undefined ? {} : { errors }),
        ...(reason === undefined ? {} : { reason }),
        ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
      },
    },
  };
}
