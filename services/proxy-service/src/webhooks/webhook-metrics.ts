import type { Metrics } from '@4runr/service-kit/telemetry';

/** How a try ends, as it is counted. */
export type CountedDelivery = 'delivered' | 'failed' | 'given_up' | 'expired';

export function createWebhookMetrics(metrics: Metrics): { count(result: CountedDelivery): void } {
  const webhooks = metrics.counter({
    name: 'gateway_job_webhooks_total',
    help: 'Tries to tell that a job has ended by how they ended: delivered, failed (it is tried again), given_up (it is not), expired (the job was forgotten before)',
    labelNames: ['result'],
  });
  return { count: (result) => webhooks.inc({ result }) };
}
