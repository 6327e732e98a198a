import type { ServiceResponse } from '@4runr/service-kit/client';

const jsonType = /^application\/([\w.-]+\+)?json *(;|$)/i;

/** The body of an answer that says that it is JSON, and is. */
export function jsonOf({ headers, body }: ServiceResponse): unknown {
  const type = headers['content-type'];
  return typeof type === 'string' && jsonType.test(type) ? body : undefined;
}

/** An answer that is not what it should be, as the cause of a failure; long ones are cut. */
export function unexpectedAnswer(service: string, response: ServiceResponse, cause?: unknown): Error {
  const body = JSON.stringify(response.body)?.slice(0, 500) ?? 'no JSON';
  return new Error(`${service} answered ${response.status} ${body}`, { cause });
}
