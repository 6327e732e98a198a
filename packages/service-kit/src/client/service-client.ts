import type { ServiceName } from '@4runr/contracts/mesh';
import { context, type Span, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';
import { Agent } from 'undici';
import type { Kit } from '../lifecycle/index.ts';
import { createMeshTokenSource } from '../mesh/index.ts';
import { formatTraceParent, preciseNow, untracedContext } from '../telemetry/index.ts';
import { type Deadline, startDeadline } from './deadline.ts';
import { type ExchangeAnswer, exchange } from './exchange.ts';
import { type OpenAnswer, openExchange, SilenceError } from './open-exchange.ts';
import { type Attempt, type Message, sendToReplicas, UnansweredError } from './send-to-replicas.ts';
import { ServiceCallError } from './service-call-error.ts';
import { watchReplicas } from './watch-replicas.ts';

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
  /**
   * Whether the request is sent to another replica when the one that has it says nothing any more, not even that it is there. It may
   * arrive twice then. Default: as `idempotent`.
   */
  readonly leavesSilence?: boolean;
  /** Called before the request is sent again though it may have arrived. */
  onRepeat?(): void;
  /** False for what is asked again and again though nobody waits for it: no span, on neither side. Default: true. */
  readonly traced?: boolean;
  /** How often the caller has asked for the same before: its span tells. Default: 0. */
  readonly resendCount?: number;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The parsed JSON body, or `undefined` when the answer is not JSON. */
  readonly body: unknown;
}

/** A request whose answer is read as it comes. `timeoutMs` is for all of it. */
export interface OpenServiceRequest extends Omit<ServiceRequest, 'idempotent' | 'traced'> {
  /** Longest wait for the head of the answer, in milliseconds. */
  readonly headTimeoutMs: number;
  /** Longest silence within the answer while it is read, in milliseconds. */
  readonly idleTimeoutMs: number;
}

export interface OpenServiceResponse extends Omit<ServiceResponse, 'body'> {
  /** Must be read, or returned from. Reading it throws ServiceCallError where it breaks off. */
  readonly body: AsyncIterable<Buffer>;
}

/** One service of the mesh as another one sees it: replicas taken by turns, mesh token and trace context added. */
export interface ServiceClient {
  readonly service: ServiceName;
  /** @throws ServiceCallError when there is no answer; any status is an answer */
  request(request: ServiceRequest): Promise<ServiceResponse>;
  /**
   * Begins an exchange; its span lasts until the body has ended.
   *
   * @throws ServiceCallError when there is no answer; any status is an answer
   */
  open(request: OpenServiceRequest): Promise<OpenServiceResponse>;
}

/** Longest answer that is read as a whole, in bytes: no service of ours sends more. */
const answerBytesMax = 67_108_864;

/** How long an idle connection is kept, in milliseconds: well below the time after which services close theirs (`createHttpServer`). */
const keptIdleMs = 1_000;

const connections = {
  connections: 256,
  pipelining: 1,
  keepAliveTimeout: keptIdleMs,
  keepAliveMaxTimeout: keptIdleMs,
  connect: { timeout: 1_000 },
};

/**
 * Creates a client for the replicas at `urls`, and all that their names lead to, by turns. A replica that cannot be connected to is
 * stepped over within the call, and tried last for a second; one that says nothing is tried last until it does.
 *
 * @throws RangeError without any URL
 */
export function createServiceClient(kit: Kit, service: ServiceName, urls: readonly string[]): ServiceClient {
  const agent = new Agent(connections);
  kit.onClose(`client of ${service}`, () => agent.destroy());
  const replicas = watchReplicas(kit, service, urls);
  const meshTokenFor = createMeshTokenSource(kit.keyring);

  async function send(request: ServiceRequest, span: Span): Promise<ServiceResponse> {
    const content = describe(request, meshTokenFor(service), span);
    const deadline = startDeadline(request.timeoutMs, request.signal);
    try {
      const noteReplica = replicaNotes(span);
      const attempt: Attempt<ExchangeAnswer> = (message) => {
        noteReplica(message);
        return exchange(agent, { ...message, bytesMax: answerBytesMax });
      };
      return toResponse(await sendToReplicas(attempt, replicas, { ...content, signal: deadline.signal }));
    } catch (error) {
      throw toCallError(service, deadline, error);
    } finally {
      deadline.clear();
    }
  }

  async function open(request: OpenServiceRequest, span: Span): Promise<OpenServiceResponse> {
    const { headTimeoutMs, idleTimeoutMs } = request;
    const content = describe(request, meshTokenFor(service), span);
    const deadline = startDeadline(request.timeoutMs, request.signal);
    const toFailure = (error: unknown) => toCallError(service, deadline, error);
    try {
      const noteReplica = replicaNotes(span);
      const attempt: Attempt<OpenAnswer> = (message) => {
        noteReplica(message);
        return openExchange(agent, { ...message, headTimeoutMs, idleTimeoutMs });
      };
      const answer = await sendToReplicas(attempt, replicas, { ...content, signal: deadline.signal });
      answer.body.once('close', () => {
        const { errored } = answer.body;
        deadline.clear();
        endSpan(span, errored === null ? answer : { failure: toFailure(errored) });
      });
      return { ...answer, body: readBody(answer.body, toFailure) };
    } catch (error) {
      const failure = toFailure(error);
      deadline.clear();
      endSpan(span, { failure });
      throw failure;
    }
  }

  return {
    service,
    open: (request) => open(request, startClientSpan(kit, service, request)),
    async request(request) {
      const span = startClientSpan(kit, service, request);
      try {
        const response = await send(request, span);
        endSpan(span, response);
        return response;
      } catch (failure) {
        endSpan(span, { failure });
        throw failure;
      }
    },
  };
}

async function* readBody(
  body: AsyncIterable<Buffer>,
  toFailure: (error: unknown) => unknown,
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* body;
  } catch (error) {
    throw toFailure(error);
  }
}

function toCallError(service: ServiceName, { reason }: Deadline, error: unknown): unknown {
  const { dispatched, cause } =
    error instanceof UnansweredError ? error : { dispatched: 'maybe' as const, cause: error };
  const failure = reason() ?? (cause instanceof SilenceError ? 'timeout' : 'unreachable');
  return new ServiceCallError(service, failure, { dispatched, cause });
}

function endSpan(span: Span, ended: { readonly status: number } | { readonly failure: unknown }): void {
  if ('status' in ended) {
    span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, ended.status);
    if (ended.status >= 400)
      span.setAttribute(ATTR_ERROR_TYPE, String(ended.status)).setStatus({ code: SpanStatusCode.ERROR });
  } else {
    const { failure } = ended;
    span.setAttribute(ATTR_ERROR_TYPE, failure instanceof ServiceCallError ? failure.failure : 'unforeseen');
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(preciseNow());
}

function startClientSpan(
  kit: Kit,
  service: ServiceName,
  request: Pick<ServiceRequest, 'method' | 'traced' | 'resendCount'>,
): Span {
  const { resendCount = 0 } = request;
  const attributes = {
    [ATTR_HTTP_REQUEST_METHOD]: request.method,
    'service.peer.name': service,
    ...(resendCount === 0 ? {} : { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resendCount }),
  };
  return kit.tracing.tracer.startSpan(
    `${request.method} ${service}`,
    { kind: SpanKind.CLIENT, attributes },
    request.traced === false ? untracedContext() : context.active(),
  );
}

/** Tells a span which replica is asked, and of each that was asked in vain. */
function replicaNotes(span: Span): (message: { readonly origin: string; readonly path: string }) => void {
  let asked = 0;
  return ({ origin, path }) => {
    if (!span.isRecording()) return;
    if (asked++ > 0) span.addEvent('next replica');
    const { hostname, port, pathname } = new URL(path, origin);
    span.setAttributes({
      [ATTR_SERVER_ADDRESS]: hostname,
      [ATTR_SERVER_PORT]: port === '' ? 80 : Number(port),
      [ATTR_URL_FULL]: `${origin}${pathname}`,
    });
  };
}

function describe(
  request: Omit<ServiceRequest, 'timeoutMs' | 'signal' | 'traced' | 'resendCount'>,
  meshToken: string,
  span: Span,
): Omit<Message, 'signal'> {
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const isIdempotent = request.idempotent ?? request.method === 'GET';
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
    isIdempotent,
    leavesSilence: request.leavesSilence ?? isIdempotent,
    onRepeat: () => request.onRepeat?.(),
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
