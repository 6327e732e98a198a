import type { Kit } from '@4runr/service-kit/lifecycle';
import { preciseNow, readSpanContext } from '@4runr/service-kit/telemetry';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { BegunJob } from '../domain/job.ts';
import type { RunEnd } from './run-job.ts';

/**
 * Does a run within the first span of a trace of its own, linked to the request that queued it: a run may begin long after that
 * trace has ended, and more than once ([ADR 44](../../../../docs/adr/0044-what-traces-hold-and-which-are-kept.md)).
 */
export async function traceRun(
  { tracing }: Pick<Kit, 'tracing'>,
  { id, order }: BegunJob,
  run: (traceId: string) => Promise<RunEnd>,
): Promise<RunEnd> {
  const queuedBy = readSpanContext(order.traceParent);
  const span = tracing.tracer.startSpan('run job', {
    root: true,
    kind: SpanKind.CONSUMER,
    attributes: { 'gateway.job.id': id },
    links: queuedBy === undefined ? [] : [{ context: queuedBy }],
  });
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
