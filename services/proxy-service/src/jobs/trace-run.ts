import type { Kit } from '@4runr/service-kit/lifecycle';
import { preciseNow, readTraceParent } from '@4runr/service-kit/telemetry';
import { context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BegunJob } from '../domain/job.ts';
import type { RunEnd } from './run-job.ts';

/** Does a run within a span of the trace that the job was accepted in. */
export async function traceRun(
  { tracing }: Pick<Kit, 'tracing'>,
  { id, order }: BegunJob,
  run: (traceId: string) => Promise<RunEnd>,
): Promise<RunEnd> {
  const parent = readTraceParent(order.traceParent) ?? ROOT_CONTEXT;
  const attributes = {
    'gateway.job.id': id,
    'gateway.tool': order.toolName,
    'gateway.action': order.actionName,
  };
  const span = tracing.tracer.startSpan('run job', { kind: SpanKind.CONSUMER, attributes }, parent);
  try {
    const end = await context.with(trace.setSpan(context.active(), span), () =>
      run(span.spanContext().traceId),
    );
    if (end !== 'given back' && end.status === 'failed') {
      span.setAttribute('error.type', end.answer.problem.code).setStatus({ code: SpanStatusCode.ERROR });
    }
    return end;
  } finally {
    span.end(preciseNow());
  }
}
