import type { ProblemError } from '@4runr/service-kit/errors';
import { preciseNow } from '@4runr/service-kit/telemetry';
import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';
import type { ProviderRequest } from './provider-request.ts';

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * The client span of an exchange (OpenTelemetry's HTTP conventions). Queries stay out, which hold keys and personal data, and
 * paths that the caller chose.
 */
export function startExchangeSpan(
  tracer: Tracer,
  { method, url, template }: Pick<ProviderRequest, 'method' | 'url' | 'template'>,
): Span {
  return tracer.startSpan(template === undefined ? method : `${method} ${template}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_SERVER_ADDRESS]: url.hostname,
      [ATTR_SERVER_PORT]: url.port === '' ? (defaultPorts[url.protocol] ?? 0) : Number(url.port),
      [ATTR_URL_FULL]: `${url.origin}${template ?? '/REDACTED'}`,
      ...(template === undefined ? {} : { 'url.template': template }),
    },
  });
}

/** For a client, answers from 400 on are errors too. */
export function endSpan(span: Span, ended: { status: number } | { failure: ProblemError }): void {
  if ('status' in ended) {
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, ended.status);
    if (ended.status >= 400) markFailed(span, String(ended.status));
  } else {
    markFailed(span, ended.failure.code);
  }
  span.end(preciseNow());
}

function markFailed(span: Span, type: string): void {
  span.setAttribute(ATTR_ERROR_TYPE, type).setStatus({ code: SpanStatusCode.ERROR });
}
