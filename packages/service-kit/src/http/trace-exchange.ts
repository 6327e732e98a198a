import { headers } from '@4runr/contracts/headers';
import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';
import type { Request, RequestHandler, Response } from 'express';
import type { Tracing } from '../telemetry/index.ts';

/** One server span per exchange, and its trace id on the response as `X-Correlation-Id`. */
export function traceExchange(tracing: Tracing): RequestHandler {
  return (request, response, next) => {
    const traceParent = request.get('traceparent');
    const correlationId = request.get(headers.correlationId);
    const span = tracing.startServerSpan(request.method, {
      ...(traceParent === undefined ? {} : { traceParent }),
      ...(correlationId === undefined ? {} : { correlationId }),
    });
    span.setAttributes({ [ATTR_HTTP_REQUEST_METHOD]: request.method, [ATTR_URL_PATH]: request.path });
    response.setHeader(headers.correlationId, span.spanContext().traceId);
    response.once('prefinish', () => {
      // The answer is out. That this process is told so may take it a while, in which the caller has read it.
      if (response.socket?.writableLength === 0) tracing.markEnd(span);
    });
    response.once('close', () => {
      const route = routeOf(request);
      if (route !== undefined)
        span.updateName(`${request.method} ${route}`).setAttribute(ATTR_HTTP_ROUTE, route);
      span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.statusCode);
      if (response.statusCode >= 500 || !response.writableFinished)
        span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(context.active(), span), next);
  };
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
