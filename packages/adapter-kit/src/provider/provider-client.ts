import { type ExchangeOptions, exchange } from '@4runr/service-kit/client';
import type { ErrorTranslator } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { formatTraceParent, type Histogram } from '@4runr/service-kit/telemetry';
import type { Span } from '@opentelemetry/api';
import { Agent, type Dispatcher } from 'undici';
import type { ExchangeContext } from '../action/action-call.ts';
import { endSpan, startExchangeSpan } from './exchange-span.ts';
import type { ProviderRequest, ProviderResponse } from './provider-request.ts';
import { toUpstreamFailure } from './upstream-failure.ts';

/** Speaks to a provider on behalf of a call, within the time of that call. */
export interface ProviderClient {
  /**
   * Makes one exchange. Any status is an answer; redirects are not followed.
   *
   * @throws ProblemError `upstream.failed`, `upstream.timeout`, `response.too_large`
   */
  request(context: ExchangeContext, request: ProviderRequest): Promise<ProviderResponse>;
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
  parts: { kit: Kit; tool: string; upstreamMs: Histogram<'tool' | 'action'> },
  options: ProviderClientOptions,
): ProviderClient {
  const dispatcher = options.dispatcher ?? createPool(parts.kit);
  return {
    async request(context, request) {
      const span = startExchangeSpan(parts.kit.tracing.tracer, request);
      const startedAt = performance.now();
      try {
        const response = await exchange(dispatcher, toExchange(context, request, span, options));
        endSpan(span, { status: response.status });
        return response;
      } catch (error) {
        const failure = toUpstreamFailure(error, context.endedBy(), options.translate);
        endSpan(span, { failure });
        throw failure;
      } finally {
        const tookMs = performance.now() - startedAt;
        context.progress.addUpstreamTime(tookMs);
        parts.upstreamMs.observe({ tool: parts.tool, action: context.action }, tookMs);
      }
    },
  };
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

function toExchange(
  context: ExchangeContext,
  request: ProviderRequest,
  span: Span,
  options: ProviderClientOptions,
): ExchangeOptions {
  const propagate = options.propagateTrace ?? true;
  const { url, method, body } = request;
  return {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method,
    ...(body === undefined ? {} : { body }),
    bytesMax: request.bytesMax ?? options.bytesMax ?? bytesMaxDefault,
    signal: context.signal,
    headers: {
      ...request.headers,
      ...(propagate ? { traceparent: formatTraceParent(span.spanContext()) } : {}),
    },
    onSending: () => context.progress.raise('maybe'),
    onAnswer: () => context.progress.raise('yes'),
  };
}
