import { type ProblemError, toProblemError } from '@4runr/service-kit/errors';
import { ClientGoneError, type ReceivedCall } from '../domain/call.ts';

/** What came of a call: an answer, a failure, or nothing, because its client had gone. */
export type Outcome =
  | { readonly kind: 'completed' /** Default 200. */; readonly status?: number }
  | { readonly kind: 'failed'; readonly problem: ProblemError }
  | { readonly kind: 'abandoned' };

/** What a call came to that has no answer. */
export type Unanswered = Exclude<Outcome, { kind: 'completed' }>;

/** Brings a call to its end, or to where its answer begins; what its steps throw is an end as well. */
export async function outcomeOf<T extends { readonly kind: string }>(
  run: () => Promise<T>,
): Promise<T | Unanswered> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ClientGoneError) return { kind: 'abandoned' };
    return { kind: 'failed', problem: toProblemError(error) };
  }
}

/** Status under which calls are counted whose client left before the answer. */
export const clientGone = 499;

/** HTTP status that a call ended with. */
export function statusOf(call: Pick<ReceivedCall, 'signal'>, outcome: Outcome): number {
  if (call.signal.aborted) return clientGone;
  switch (outcome.kind) {
    case 'completed':
      return outcome.status ?? 200;
    case 'failed':
      return outcome.problem.status;
    case 'abandoned':
      return clientGone;
  }
}
