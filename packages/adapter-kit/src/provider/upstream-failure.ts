import { AnswerTooLargeError, type Deadline, SilenceError } from '@4runr/service-kit/client';
import { type ErrorTranslator, ProblemError } from '@4runr/service-kit/errors';

const timeoutCodes: ReadonlySet<unknown> = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
]);

/** An exchange that ended without a whole answer, as the failure that it is. */
export function toUpstreamFailure(
  error: unknown,
  endedBy: ReturnType<Deadline['reason']>,
  translate: ErrorTranslator = () => undefined,
): ProblemError {
  const translated = translate(error);
  if (translated !== undefined) return translated;
  if (error instanceof AnswerTooLargeError) return new ProblemError('response.too_large', { cause: error });
  if (endedBy === 'timeout') return new ProblemError('upstream.timeout');
  const timedOut =
    error instanceof SilenceError || timeoutCodes.has((error as { code?: unknown } | undefined)?.code);
  return new ProblemError(timedOut ? 'upstream.timeout' : 'upstream.failed', { cause: error });
}
