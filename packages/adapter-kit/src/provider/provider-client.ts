import { type ExchangeOptions, exchange, openExchange } from '@4runr/service-kit/client';
import type { ErrorTranslator } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { formatTraceParent, type TracedHistogram } from '@4runr/service-kit/telemetry';
import type { Span } from '@opentelemetry/api';
import { Agent, type Dispatcher } from 'undici';
import type { ExchangeContext } from '../action/action-call.ts';
import { endSpan, startExchangeSpan } from './exchange-span.ts';
import type { ProviderRequest, ProviderResponse } from './provider-request.ts';
import type { ProviderStream, ProviderStreamRequest } from './provider-stream.ts';
import { toUpstreamFailure } from './upstream-failure.ts';

/** Speaks to a provider on behalf of a call, within the time of that call. */
export interface ProviderClient {
  /**
   * Makes one exchange. Any status is an answer; redirects are not followed.
   *
   * @throws ProblemError `upstream.failed`, `upstream.timeout`, `response.too_large`
   */
  request(context: ExchangeContext, request: ProviderRequest): Promise<ProviderResponse>;
  /**
   * Begins an exchange whose answer is read as it comes; its span and its sample end with it. Any status is an answer.
   *
   * @throws ProblemError `upstream.failed`, `upstream.timeout`
   */
  open(context: ExchangeContext, request: ProviderStreamRequest): Promise<ProviderStream>;
}

export interface ProviderClientOptions {
  /** What connects; its owner closes it. Default: a pool of the client's own. */
  readonly dispatcher?: Dispatcher;
  /** Longest body of an answer, in bytes. Default: 8 MiB. */
  readonly bytesMax?: number;
  /** Whether the trace context goes along (W3C Trace Context). Default: true. */
  readonly propagateTrace?: boolean;
  /** Recognises failures of the dispatcher that are not the provider's. */
  readonly translate?: ErrorTranslator;
}

const bytesMaxDefault = 8 * 1024 * 1024;

export function createProviderClient(
  parts: { kit: Kit; tool: string; upstreamMs: TracedHistogram<'tool' | 'action'> },
  options: ProviderClientOptions,
): ProviderClient {
  const dispatcher = options.dispatcher ?? createPool(parts.kit);

  /** What is measured of an exchange; `fail` and `end` are the end of it, the first that is called. */
  function measure(context: ExchangeContext, request: Pick<ProviderRequest, 'method' | 'url' | 'template'>) {
    const span = startExchangeSpan(parts.kit.tracing.tracer, request);
    const startedAt = performance.now();
    let isOver = false;
    const end = (ended: Parameters<typeof endSpan>[1]) => {
      if (isOver) return;
      isOver = true;
      endSpan(span, ended);
      const tookMs = performance.now() - startedAt;
      context.progress.addUpstreamTime(tookMs);
      parts.upstreamMs.observe({ tool: parts.tool, action: context.action }, tookMs);
    };
    const fail = (error: unknown) => {
      const failure = toUpstreamFailure(error, context.endedBy(), options.translate);
      end({ failure });
      return failure;
    };
    return { span, end, fail };
  }

  return {
    async request(context, request) {
      const { span, end, fail } = measure(context, request);
      try {
        const bytesMax = request.bytesMax ?? options.bytesMax ?? bytesMaxDefault;
        const message = toMessage(context, request, span, options);
        const response = await exchange(dispatcher, { ...message, bytesMax });
        end({ status: response.status });
        return response;
      } catch (error) {
        throw fail(error);
      }
    },
    async open(context, request) {
      const { span, end, fail } = measure(context, request);
      try {
        const { idleTimeoutMs } = request;
        const headTimeoutMs = Math.min(request.headTimeoutMs, context.timeLimitMs);
        const message = toMessage(context, request, span, options);
        const answer = await openExchange(dispatcher, { ...message, headTimeoutMs, idleTimeoutMs });
        const { status, headers, body } = answer;
        body.once('close', () => (body.errored === null ? end({ status }) : fail(body.errored)));
        return { status, headers, body: readAll(body, { end: () => end({ status }), fail }) };
      } catch (error) {
        throw fail(error);
      }
    },
  };
}

/** The exchange is over before its last reader goes on: what it took is told with the answer. */
async function* readAll(
  body: AsyncIterable<Buffer>,
  { end, fail }: { end: () => void; fail: (error: unknown) => unknown },
): AsyncGenerator<Buffer, void, void> {
  try {
    yield* body;
  } catch (error) {
    throw fail(error);
  } finally {
    end();
  }
}

/** Connections are kept alive for bursts and given up after 30 s, so that a provider's new addresses are found. */
function createPool(kit: Kit): Dispatcher {
  const agent = new Agent({
    connections: 256,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: 4_000,
    clientTtl: 30_000,
    connect: { timeout: 5_000 },
  });
  kit.onClose('connections to the provider', () => agent.close());
  return agent;
}

function toMessage(
  context: ExchangeContext,
  request: Omit<ProviderRequest, 'bytesMax'>,
  span: Span,
  options: ProviderClientOptions,
): Omit<ExchangeOptions, 'bytesMax'> {
  const propagate = options.propagateTrace ?? true;
  const { url, method, body } = request;
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    ...(body === undefined ? {} : { body }),
    signal: context.signal,
    headers: {
      ...request.headers,
      ...(propagate ? { traceparent: formatTraceParent(span.spanContext()) } : {}),
    },
    onSending: () => context.progress.raise('maybe'),
    onAnswer: () => context.progress.raise('yes'),
  };
}
