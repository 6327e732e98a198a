import { type ParamsError, problemKinds } from '@4runr/contracts/problem';
import type { ProblemError } from '@4runr/service-kit/errors';

/** A failure as OpenAI writes it (https://platform.openai.com/docs/guides/error-codes), with the gateway's own code. */
export interface OpenaiError {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string;
    /** The member of the body that is at fault, `messages[0].role`. */
    readonly param: string | null;
  };
}

/** A problem in OpenAI's form. It tells what the problem document tells, as far as there is room for it. */
export function toOpenaiError({
  code,
  status,
  detail,
  extensions: { errors = [] },
}: ProblemError): OpenaiError {
  const { title } = problemKinds[code];
  const [first] = errors;
  const told = [detail, ...errors.map(describe)].filter((each) => each !== undefined);
  return {
    error: {
      message: told.length === 0 ? `${title}.` : `${title}: ${told.join(' ')}`,
      type: typeOf(status),
      code,
      param: first === undefined || first.pointer === '' ? null : toParam(first.pointer),
    },
  };
}

/** As nginx has it too, where no service can answer. */
function typeOf(status: number): string {
  if (status === 429) return 'rate_limit_error';
  return status >= 500 ? 'server_error' : 'invalid_request_error';
}

function describe({ pointer, detail }: ParamsError): string {
  return pointer === '' ? `The body ${detail}.` : `${toParam(pointer)} ${detail}.`;
}

/** A JSON Pointer as OpenAI writes a path: `/messages/0/role` is `messages[0].role`. */
function toParam(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((token) => (/^\d+$/.test(token) ? `[${token}]` : `.${token}`))
    .join('')
    .replace(/^\./, '');
}

/** Longest wait that OpenAI's libraries keep to; told a longer one, they come back too early. In seconds. */
const waitMaxSeconds = 60;

/**
 * Whether the same request may succeed soon. OpenAI's libraries repeat every 408, 409, 429 and 5xx, unless they are told
 * `x-should-retry: false`.
 */
export function isWorthRepeating({ code, headers }: ProblemError): boolean {
  const waitSeconds = Number(headers['Retry-After'] ?? 0);
  return problemKinds[code].retryable && waitSeconds <= waitMaxSeconds;
}
