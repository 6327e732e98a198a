import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { Delivery, Webhook, WebhookTurn, WebhookTurns } from '../domain/webhook.ts';
import { wakeable } from '../jobs/wakeable.ts';
import type { SendWebhook } from './send-webhook.ts';
import { traceDelivery } from './trace-delivery.ts';
import type { CountedDelivery } from './webhook-metrics.ts';

export interface WebhookWorkParts {
  readonly turns: WebhookTurns;
  readonly send: SendWebhook;
  readonly metrics: { count(result: CountedDelivery): void };
}

/** Messages that this replica sends at once. */
const sendingMax = 16;
/** How often it is looked for turns, in milliseconds. */
const takeEveryMs = 1_000;

/**
 * Tells of jobs that have ended, at least once each, as long as they are not forgotten and tries are left. A turn whose end cannot be
 * kept comes again.
 */
export function workOnWebhooks(kit: Kit, { turns, send, metrics }: WebhookWorkParts): void {
  const sending = new Set<Promise<void>>();
  const taking = wakeable(take);
  const closing = new AbortController();
  kit.onClose('webhooks', () => closing.abort());

  async function take(): Promise<void> {
    if (kit.isDraining() || sending.size >= sendingMax) return;
    for (const turn of await turns.take(sendingMax - sending.size)) begin(turn);
  }

  function begin(turn: WebhookTurn): void {
    const done = deliver(turn)
      .catch((error: unknown) =>
        kit.logger.warn({ err: error, job_id: turn.jobId }, 'what came of a webhook cannot be kept'),
      )
      .finally(() => {
        sending.delete(done);
        // There may be more, of its host too.
        taking.wake();
      });
    sending.add(done);
  }

  async function deliver(turn: WebhookTurn): Promise<void> {
    const webhook = await turns.find(turn);
    if (webhook === undefined) {
      metrics.count('expired');
      return turns.finish(turn);
    }
    const { endedAt } = turn;
    const delivery = await traceDelivery(kit, { webhook, turn }, () =>
      send(webhook, { endedAt, signal: closing.signal }),
    );
    const result = resultOf(delivery, turn);
    tell(webhook, { turn, delivery, result });
    await (result === 'failed' ? turns.giveBack(turn) : turns.finish(turn));
  }

  function tell(
    { url, job }: Webhook,
    { turn, delivery, result }: { turn: WebhookTurn; delivery: Delivery; result: CountedDelivery },
  ): void {
    metrics.count(result);
    const { status } = delivery;
    const error = 'error' in delivery ? delivery.error : undefined;
    kit.logger[result === 'given_up' ? 'warn' : 'info'](
      {
        ...{ event: 'webhook', job_id: job.id, host: new URL(url).host, result, attempt: turn.tries + 1 },
        ...(status === undefined ? {} : { status }),
        ...(error === undefined ? {} : { err: error }),
      },
      'webhook',
    );
  }

  repeatUntilClosed(kit, { name: 'turns of webhooks', everyMs: takeEveryMs, jitter: 0.2, run: taking.wake });
  kit.onDrain('webhooks', async () => {
    await taking.idle();
    await Promise.all(sending);
  });
}

function resultOf(delivery: Delivery, { isLast }: WebhookTurn): CountedDelivery {
  if (delivery.kind === 'delivered') return 'delivered';
  return delivery.kind === 'failed' && !isLast ? 'failed' : 'given_up';
}
