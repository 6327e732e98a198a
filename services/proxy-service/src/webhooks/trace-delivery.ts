import type { Kit } from '@4runr/service-kit/lifecycle';
import { preciseNow, readSpanContext } from '@4runr/service-kit/telemetry';
import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Delivery, Webhook, WebhookTurn } from '../domain/webhook.ts';

/**
 * Sends within a span of a trace of its own, linked to the request that queued the job, as a run of it is (ADR 44). What follows the
 * host in a URL may be a secret: it is not told.
 */
export async function traceDelivery(
  { tracing }: Pick<Kit, 'tracing'>,
  { webhook, turn }: { readonly webhook: Webhook; readonly turn: WebhookTurn },
  send: () => Promise<Delivery>,
): Promise<Delivery> {
  const attributes = {
    'gateway.job.id': webhook.job.id,
    'http.request.method': 'POST',
    'http.request.resend_count': turn.tries,
    'server.address': new URL(webhook.url).hostname,
  };
  const queuedBy = readSpanContext(webhook.traceParent);
  const span = tracing.tracer.startSpan('send webhook', {
    ...{ root: true, kind: SpanKind.CLIENT, attributes },
    links: queuedBy === undefined ? [] : [{ context: queuedBy }],
  });
  try {
    const delivery = await context.with(trace.setSpan(context.active(), span), send);
    if (delivery.status !== undefined) span.setAttribute('http.response.status_code', delivery.status);
    if (delivery.kind !== 'delivered') {
      const type = String(delivery.status ?? nameOf(delivery.error));
      span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    }
    return delivery;
  } finally {
    span.end(preciseNow());
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'error';
}
