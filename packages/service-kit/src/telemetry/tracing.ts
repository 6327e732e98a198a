import { context, ROOT_CONTEXT, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, ParentBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import { within } from '../lifecycle/within.ts';
import { NotableSpans } from './notable-spans.ts';
import { PreciseStart } from './precise-times.ts';
import { RootSampler } from './root-sampler.ts';
import { formatTraceParent, isTraceId, readTraceParent } from './trace-context.ts';
import { TraceIdGenerator } from './trace-id-generator.ts';

export interface TracingOptions {
  readonly service: string;
  readonly version: string;
  /** Base URL of an OTLP/HTTP receiver; empty exports nothing (spans still give logs and answers their trace id). */
  readonly otlpEndpoint: string;
  /** Share of the traces begun here that is sampled, 0 to 1. */
  readonly ratio: number;
  /** The first span of a trace begun here is exported whatever the ratio when it failed, or took as long, in milliseconds. */
  readonly slowMs: number;
}

export interface Tracing {
  /** Its spans start at {@link preciseNow}, and are to be ended at it. */
  readonly tracer: Tracer;
  /**
   * Starts the server span of an exchange: a child of `traceparent` where one came from inside the mesh, else a root
   * whose trace id is the edge's `correlationId`, else a root with a new trace id.
   */
  startServerSpan(name: string, from: { traceParent?: string; correlationId?: string }): Span;
  /** Exports what is left. Never rejects: telemetry that cannot be delivered must not hold up a stop. */
  close(): Promise<void>;
}

/** Hand-made tracing (docs/adr/0004): no automatic instrumentation, one span per exchange and side. */
export function createTracing(options: TracingOptions): Tracing {
  const ids = new TraceIdGenerator();
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      [ATTR_SERVICE_NAME]: options.service,
      [ATTR_SERVICE_VERSION]: options.version,
    }),
    idGenerator: ids,
    sampler: new ParentBasedSampler({ root: new RootSampler(options.ratio) }),
    spanProcessors: options.otlpEndpoint === '' ? [] : [new PreciseStart(), exportTo(options)],
  });
  setUpContext();
  const tracer = provider.getTracer('4runr-gateway', options.version);
  return {
    tracer,
    startServerSpan(name, from) {
      const parent = readTraceParent(from.traceParent);
      if (parent === undefined && isTraceId(from.correlationId)) ids.adopt(from.correlationId);
      return tracer.startSpan(name, { kind: SpanKind.SERVER }, parent ?? ROOT_CONTEXT);
    },
    close: () => within(closeTimeoutMs, () => provider.shutdown()).catch(() => undefined),
  };
}

/** Longest wait for a receiver to take the last spans, in milliseconds. */
const closeTimeoutMs = 1_000;

/** The context of a process is one, however many services live in it. */
let isContextSetUp = false;

function setUpContext(): void {
  if (isContextSetUp) return;
  isContextSetUp = context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}

function exportTo({ otlpEndpoint, slowMs }: TracingOptions): NotableSpans {
  const exporter = new OTLPTraceExporter({
    url: `${otlpEndpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: 5_000,
  });
  const batches = new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000, maxQueueSize: 8_192 });
  return new NotableSpans(batches, slowMs);
}

/** What another part would be sent of the span that is under way here (W3C Trace Context). */
export function currentTraceParent(): string | undefined {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined ? undefined : formatTraceParent(span);
}

/** The trace id of the exchange that is being served here, if any. */
export function currentTraceId(): string | undefined {
  return trace.getActiveSpan()?.spanContext().traceId;
}
