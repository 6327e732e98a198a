import type { Effect } from '@4runr/contracts/manifest';
import type { ProblemCode } from '@4runr/contracts/problem';
import { ProblemError, toProblemError } from '@4runr/service-kit/errors';
import type { CallProgress } from '../action/action-call.ts';

/** A failed call as it is answered: with what has gone out to the provider until then. */
export function toCallFailure(error: unknown, effect: Effect, progress: CallProgress): ProblemError {
  const problem = toProblemError(error);
  const { detail, headers, extensions } = problem;
  return new ProblemError(
    isOutcomeUnknown(problem, effect, progress) ? 'upstream.outcome_unknown' : problem.code,
    {
      ...(detail === undefined ? {} : { detail }),
      headers: { ...headers, 'Server-Timing': `upstream;dur=${progress.upstreamMs.toFixed(3)}` },
      cause: problem.cause ?? problem,
      extensions: { ...extensions, dispatched: progress.dispatched },
    },
  );
}

const unfinished: ReadonlySet<ProblemCode> = new Set([
  'upstream.failed',
  'upstream.timeout',
  'response.too_large',
  'internal',
]);

/** Statuses by which a provider's own gateway says that it lost the answer. */
const lostAnswerStatuses: ReadonlySet<number> = new Set([502, 504]);

/** An effect whose request went out, and whose answer did not come or cannot be read, may have happened. */
function isOutcomeUnknown(problem: ProblemError, effect: Effect, progress: CallProgress): boolean {
  if (effect !== 'effect' || progress.dispatched === 'no' || !unfinished.has(problem.code)) return false;
  const { upstreamStatus } = problem.extensions;
  return upstreamStatus === undefined || lostAnswerStatuses.has(upstreamStatus);
}
