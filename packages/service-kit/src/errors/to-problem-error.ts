import type { ProblemCode } from '@4runr/contracts/problem';
import { ProblemError } from './problem-error.ts';

/** Recognises failures of one library; `undefined` leaves the error to the next translator. */
export type ErrorTranslator = (error: unknown) => ProblemError | undefined;

/** Any thrown value as a failure that may be answered. What no translator knows is a bare `internal`. */
export function toProblemError(error: unknown, translators: readonly ErrorTranslator[] = []): ProblemError {
  if (error instanceof ProblemError) return error;
  for (const translate of [...translators, translateRequestError]) {
    const translated = translate(error);
    if (translated !== undefined) return translated;
  }
  return new ProblemError('internal', { cause: error });
}

/** Types of the errors of express' body parser (http-errors with a `type`). */
const bodyErrors: Readonly<Record<string, readonly [code: ProblemCode, detail: string]>> = {
  'entity.too.large': ['body.too_large', 'The body is larger than this endpoint takes.'],
  'entity.parse.failed': ['request.invalid', 'The body is not valid JSON.'],
  'entity.encoding.invalid': ['request.invalid', 'The body is not valid UTF-8.'],
  'encoding.unsupported': ['media_type.unsupported', 'Bodies with a Content-Encoding are not taken.'],
  'charset.unsupported': ['media_type.unsupported', 'The charset of the body is not supported; use UTF-8.'],
  'request.aborted': ['request.invalid', 'The request ended before its body was complete.'],
  'request.size.invalid': [
    'request.invalid',
    'The body does not have the length that the request announced.',
  ],
  'parameters.too.many': ['request.invalid', 'The body has too many parameters.'],
};

/** Errors that express and its parsers raise about what a client sent. */
function translateRequestError(error: unknown): ProblemError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { type, status } = error as Error & { type?: unknown; status?: unknown };
  const known = typeof type === 'string' ? bodyErrors[type] : undefined;
  if (known !== undefined)
    return new ProblemError(known[0], { detail: known[1], cause: withoutContent(error, String(type)) });
  if (typeof status === 'number' && status >= 400 && status < 500) {
    return new ProblemError('request.invalid', { cause: error });
  }
  return undefined;
}

const unreadable: ReadonlySet<string> = new Set([
  'entity.parse.failed',
  'entity.encoding.invalid',
  'charset.unsupported',
]);

/**
 * A body that cannot be read hangs at its error, and part of it may stand in the message (V8 quotes what it could not read).
 * A credential with a comma too many would stand in the log.
 */
function withoutContent(error: Error, type: string): Error {
  return unreadable.has(type) ? new Error(type) : error;
}
