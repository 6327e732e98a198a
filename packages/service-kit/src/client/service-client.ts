import type { ServiceName } from '@4runr/contracts/mesh';
import { type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';
import { Agent, type Dispatcher } from 'undici';
import type { Kit } from '../lifecycle/index.ts';
import { createMeshTokenSource } from '../mesh/index.ts';
import { formatTraceParent } from '../telemetry/index.ts';
import { startDeadline } from './deadline.ts';
import { isConnectError, ServiceCallError } from './service-call-error.ts';

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the exchange when the caller has gone. */
  readonly signal?: AbortSignal;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON body, or `undefined` when the answer is not JSON. */
  readonly body: unknown;
}

/** One service of the mesh as another one sees it: replicas taken by turns, mesh token and trace context added. */
export interface ServiceClient {
  readonly service: ServiceName;
  /** @throws ServiceCallError when there is no answer; any status is an answer */
  request(request: ServiceRequest): Promise<ServiceResponse>;
}

/** Creates a client for the replicas at `urls`. A replica that refuses the connection is stepped over within the call. */
export function createServiceClient(kit: Kit, service: ServiceName, urls: readonly string[]): ServiceClient {
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    keepAliveTimeout: 4_000,
    connect: { timeout: 1_000 },
  });
  kit.onClose(`client of ${service}`, () => agent.close());
  const meshTokenFor = createMeshTokenSource(kit.keyring);
  let turn = 0;

  async function exchange(request: ServiceRequest, span: Span): Promise<ServiceResponse> {
    const deadline = startDeadline(request.timeoutMs, request.signal);
    const options = dispatchOptions(request, meshTokenFor(service), span, deadline.signal);
    try {
      for (let tried = 1; ; tried += 1) {
        const origin = urls[turn++ % urls.length] ?? '';
        try {
          return await readResponse(await agent.request({ ...options, origin }));
        } catch (error) {
          if (isConnectError(error) && tried < urls.length) continue;
          throw new ServiceCallError(service, deadline.reason() ?? 'unreachable', {
            dispatched: isConnectError(error) ? 'no' : 'maybe',
            cause: error,
          });
        }
      }
    } finally {
      deadline.clear();
    }
  }

  return {
    service,
    async request(request) {
      const span = startClientSpan(kit, service, request);
      try {
        const response = await exchange(request, span);
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
        return response;
      } catch (error) {
        span.setAttribute('error.type', error instanceof ServiceCallError ? error.failure : 'unforeseen');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function startClientSpan(kit: Kit, service: ServiceName, request: ServiceRequest): Span {
  return kit.tracing.tracer.startSpan(`${request.method} ${service}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: request.method,
      [ATTR_SERVER_ADDRESS]: service,
      [ATTR_URL_PATH]: request.path,
    },
  });
}

function dispatchOptions(
  request: ServiceRequest,
  meshToken: string,
  span: Span,
  signal: AbortSignal,
): Omit<Dispatcher.RequestOptions, 'origin'> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  return {
    method: request.method,
    path: request.path,
    headers: {
      ...request.headers,
      authorization: `Bearer ${meshToken}`,
      traceparent: formatTraceParent(span.spanContext()),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body }),
    signal,
  };
}

async function readResponse(response: Dispatcher.ResponseData): Promise<ServiceResponse> {
  const text = await response.body.text();
  return { status: response.statusCode, headers: response.headers, body: parseJson(text) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
