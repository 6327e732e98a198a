import { partitionCount } from '@4runr/contracts/partition';
import { AuditFullError, createDecisionTaker, DecisionSettledError } from '@4runr/decision-ledger';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { type Redis, translateRedisError } from '@4runr/service-kit/redis';
import { traceOperation } from '@4runr/service-kit/telemetry';
import type { RecordDecision } from '../domain/decision-point.ts';

/**
 * Decisions in the state Redis: no record, no decision.
 *
 * @param options.backlogMax most items of the audit trail that may wait, over all streams
 */
export function createDecisionRecorder(
  { tracing }: Pick<Kit, 'tracing'>,
  redis: Redis,
  options: { readonly backlogMax: number },
): RecordDecision {
  const streamItemsMax = Math.ceil(options.backlogMax / partitionCount);
  const taker = createDecisionTaker(redis, { streamItemsMax });
  return async (draft, claims) => {
    try {
      return await traceOperation(tracing, taking, () => taker.take(draft, claims));
    } catch (error) {
      throw toProblem(error);
    }
  };
}

const taking = { system: 'redis', operation: 'EVALSHA', script: 'take_decision' } as const;

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
