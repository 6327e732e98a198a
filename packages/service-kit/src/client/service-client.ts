import type { ServiceName } from '@4runr/contracts/mesh';
import { context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_URL_PATH,
} from '@opentelemetry/semantic-conventions';
import { Agent } from 'undici';
import type { Kit } from '../lifecycle/index.ts';
import { createMeshTokenSource } from '../mesh/index.ts';
import { formatTraceParent, preciseNow, untracedContext } from '../telemetry/index.ts';
import { startDeadline } from './deadline.ts';
import type { ExchangeAnswer } from './exchange.ts';
import { createReplicas } from './replicas.ts';
import { type Message, sendToReplicas, UnansweredError } from './send-to-replicas.ts';
import { ServiceCallError } from './service-call-error.ts';

export interface ServiceRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends the exchange when the caller has gone. */
  readonly signal?: AbortSignal;
  /**
   * Whether the request does no harm when it arrives twice. Then it is sent once more when its connection is lost before
   * an answer, as it is when a replica stops. Default: `GET` only.
   */
  readonly idempotent?: boolean;
  /** False for what is asked again and again though nobody waits for it: no span, on neither side. Default: true. */
  readonly traced?: boolean;
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

/**
 * Creates a client for the replicas at `urls`. A replica that cannot be connected to is stepped over within the call, and
 * tried last for a second.
 *
 * @throws RangeError without any URL
 */
export function createServiceClient(kit: Kit, service: ServiceName, urls: readonly string[]): ServiceClient {
  const agent = new Agent({ connections: 256, pipelining: 1, connect: { timeout: 1_000 } });
  kit.onClose(`client of ${service}`, () => agent.destroy());
  const replicas = createReplicas(urls);
  const meshTokenFor = createMeshTokenSource(kit.keyring);

  async function send(request: ServiceRequest, span: Span): Promise<ServiceResponse> {
    const content = describe(request, meshTokenFor(service), span);
    const deadline = startDeadline(request.timeoutMs, request.signal);
    try {
      return toResponse(await sendToReplicas(agent, replicas, { ...content, signal: deadline.signal }));
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      const { dispatched, cause } = error;
      throw new ServiceCallError(service, deadline.reason() ?? 'unreachable', { dispatched, cause });
    } finally {
      deadline.clear();
    }
  }

  return {
    service,
    async request(request) {
      const span = startClientSpan(kit, service, request);
      try {
        const response = await send(request, span);
        span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, response.status);
        if (response.status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
        return response;
      } catch (error) {
        span.setAttribute(ATTR_ERROR_TYPE, error instanceof ServiceCallError ? error.failure : 'unforeseen');
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end(preciseNow());
      }
    },
  };
}

function startClientSpan(kit: Kit, service: ServiceName, request: ServiceRequest): Span {
  const attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    [ATTR_SERVER_ADDRESS]: service,
    [ATTR_URL_PATH]: request.path,
  };
  return kit.tracing.tracer.startSpan(
    `${request.method} ${service}`,
    { kind: SpanKind.CLIENT, attributes },
    request.traced === false ? untracedContext() : context.active(),
  );
}

function describe(request: ServiceRequest, meshToken: string, span: Span): Omit<Message, 'signal'> {
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
    isIdempotent: request.idempotent ?? request.method === 'GET',
  };
}

function toResponse({ status, headers, body }: ExchangeAnswer): ServiceResponse {
  return { status, headers, body: parseJson(body.toString('utf8')) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
