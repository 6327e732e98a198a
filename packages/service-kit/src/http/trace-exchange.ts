import { headers } from '@4runr/contracts/headers';
import { context, type HrTime, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { Request, RequestHandler, Response } from 'express';
import { preciseNow, type Tracing } from '../telemetry/index.ts';

/** One server span per exchange, and its trace id on the response as `X-Correlation-Id`. */
export function traceExchange(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const traceParent = request.get('traceparent');
    const correlationId = request.get(headers.correlationId);
    const span = tracing.startServerSpan(request.method, {
      ...(traceParent === undefined ? {} : { traceParent }),
      ...(correlationId === undefined ? {} : { correlationId }),
    });
    response.setHeader(headers.correlationId, span.spanContext().traceId);
    // What nobody will see is not told.
    if (span.isRecording()) describeExchange(span, request, response);
    context.with(trace.setSpan(context.active(), span), next);
  };
}

/** Tells a span what is asked, and ends it with the answer. */
function describeExchange(span: Span, request: Request, response: Response): void {
  const { path } = request;
  span.setAttributes({ [ATTR_HTTP_REQUEST_METHOD]: request.method, [ATTR_URL_SCHEME]: schemeOf(request) });
  const endOf = watchEnd(response);
  response.once('close', () => {
    const route = routeOf(request);
    // A path that is nobody's may hold anything.
    if (route !== undefined) {
      span.updateName(`${request.method} ${route}`);
      span.setAttributes({ [ATTR_HTTP_ROUTE]: route, [ATTR_URL_PATH]: path });
    }
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
    if (response.statusCode >= 500 || !response.writableFinished)
      span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endOf());
  });
}

/**
 * Tells when an answer ended: just before its rest was handed to the kernel or, where that did not take all of it, now. By
 * the time that the process is told, the caller may have read it long ago, and its own span, the parent, have ended.
 */
function watchEnd(response: Response): () => HrTime {
  let endedAt: HrTime | undefined;
  const end = response.end;
  response.end = ((...args: Parameters<typeof end>) => {
    const now = preciseNow();
    const result = end.apply(response, args);
    if (response.socket?.writableLength === 0) endedAt = now;
    return result;
  }) as typeof end;
  return () => endedAt ?? preciseNow();
}

/** Of the connection to this service: what the edge was asked by is not known here. */
function schemeOf({ socket }: Request): 'http' | 'https' {
  return 'encrypted' in socket ? 'https' : 'http';
}

/** The pattern of the route that took the request, never the path itself: names of spans are a small set. */
function routeOf(request: Request): string | undefined {
  const path: unknown = request.route?.path;
  return typeof path === 'string' ? `${request.baseUrl}${path}` : undefined;
}

/** The trace id of the exchange that a response belongs to; empty before `traceExchange`. */
export function traceIdOf(response: Response): string {
  return String(response.getHeader(headers.correlationId) ?? '');
}
