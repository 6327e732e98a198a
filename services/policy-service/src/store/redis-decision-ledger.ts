import { partitionCount } from '@4runr/contracts/partition';
import { AuditFullError, createDecisionTaker, DecisionSettledError } from '@4runr/decision-ledger';
import { ProblemError } from '@4runr/service-kit/errors';
import { type Redis, translateRedisError } from '@4runr/service-kit/redis';
import type { RecordDecision } from '../domain/decision-point.ts';

/**
 * Decisions in the state Redis: no record, no decision.
 *
 * @param options.backlogMax most items of the audit trail that may wait, over all streams
 */
export function createDecisionRecorder(
  redis: Redis,
  options: { readonly backlogMax: number },
): RecordDecision {
  const streamItemsMax = Math.ceil(options.backlogMax / partitionCount);
  const taker = createDecisionTaker(redis, { streamItemsMax });
  return async (draft, claims) => {
    try {
      return await taker.take(draft, claims);
    } catch (error) {
      throw toProblem(error);
    }
  };
}

function toProblem(error: unknown): unknown {
  if (error instanceof DecisionSettledError) {
    return new ProblemError('conflict', { detail: 'The call has ended.', cause: error });
  }
  if (error instanceof AuditFullError || translateRedisError(error) !== undefined) {
    return new ProblemError('policy.unavailable', {
      detail: 'The decision cannot be recorded now.',
      cause: error,
      headers: { 'Retry-After': '1' },
    });
  }
  return error;
}
