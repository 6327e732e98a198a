import { ProblemError } from '@4runr/service-kit/errors';
import type * as z from 'zod';
import type { ProviderResponse } from './provider-request.ts';
import { retryAfterSeconds } from './retry-after.ts';

/** What a provider says of a failure, in its own words. */
export interface ProviderComplaint {
  /** For operators alone. */
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

export function isSuccess(response: Pick<ProviderResponse, 'status'>): boolean {
  return response.status >= 200 && response.status < 300;
}

/**
 * The body as JSON.
 *
 * @throws ProblemError `upstream.failed` when it is none
 */
export function parseJsonAnswer(response: ProviderResponse): unknown {
  try {
    return JSON.parse(response.body.toString('utf8'));
  } catch (cause) {
    throw malformedAnswer('The provider did not answer in JSON.', cause);
  }
}

/** An answer that is not what the provider documents. */
export function malformedAnswer(detail: string, cause?: unknown): ProblemError {
  return new ProblemError('upstream.failed', { detail, cause });
}

/**
 * An answer whose status is a failure: `upstream.failed` when trying again may help (429 and from 500 on), else
 * `upstream.rejected`. What the provider says, read by `schema`, goes to the log; its message also to the agent, unless
 * it is about the gateway's own credential (401 and 403); its code to operators. `Retry-After` is passed on, in seconds.
 */
export function rejectedAnswer(
  response: ProviderResponse,
  schema?: z.ZodType<ProviderComplaint>,
): ProblemError {
  const { status } = response;
  const { code, message } = readComplaint(response, schema);
  const isOfCredential = status === 401 || status === 403;
  const retryAfter = retryAfterSeconds(response);
  return new ProblemError(status === 429 || status >= 500 ? 'upstream.failed' : 'upstream.rejected', {
    cause: new Error(`the provider answered ${toText(status, code, message)}`),
    ...(message === undefined || isOfCredential ? {} : { detail: shorten(message, detailLengthMax) }),
    ...(retryAfter === undefined ? {} : { headers: { 'Retry-After': String(retryAfter) } }),
    extensions: { upstreamStatus: status, ...toExtensions(code) },
  });
}

/**
 * A failure that a provider tells of within an answer that it has begun: `upstream.failed`. Its message goes to the log and to the
 * agent, its code to operators.
 */
export function brokenOffAnswer({ code, message }: ProviderComplaint): ProblemError {
  return new ProblemError('upstream.failed', {
    cause: new Error(`the provider broke off: ${toText(code, message)}`),
    ...(message === undefined ? {} : { detail: shorten(message, detailLengthMax) }),
    extensions: toExtensions(code),
  });
}

function toText(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join(' ');
}

function toExtensions(code: string | undefined): { readonly upstreamCode?: string } {
  return code === undefined ? {} : { upstreamCode: shorten(code, codeLengthMax) };
}

function readComplaint(response: ProviderResponse, schema?: z.ZodType<ProviderComplaint>): ProviderComplaint {
  try {
    return schema?.parse(JSON.parse(response.body.toString('utf8'))) ?? {};
  } catch {
    return {};
  }
}

const detailLengthMax = 500;
const codeLengthMax = 100;

function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
