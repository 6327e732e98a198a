import { ProblemError } from '@4runr/service-kit/errors';

/** @throws ProblemError for a result that no writer of JSON has the stack for: whoever made it is not the gateway */
export function serializeResult(answer: unknown): string {
  try {
    return JSON.stringify(answer);
  } catch (cause) {
    throw new ProblemError('upstream.failed', {
      detail: 'The result is nested too deep.',
      cause,
      extensions: { dispatched: 'yes' },
    });
  }
}
