import type { JobWebhook } from '@4runr/contracts/job';
import type { EgressGuard } from '@4runr/egress-guard';
import type { Delivery, Webhook } from '../domain/webhook.ts';
import type { WebhookRules } from './webhook-rules.ts';
import type { WebhookSigner } from './webhook-signer.ts';

export interface SendParts {
  readonly guard: Pick<EgressGuard, 'request'>;
  readonly rules: WebhookRules;
  readonly signer: WebhookSigner;
  /** Longest time for look-up, connection, request and the head of the answer together, in milliseconds. Default: 10,000. */
  readonly answerWithinMs?: number;
}

/** Sends a message once. Never rejects. */
export type SendWebhook = (webhook: Webhook, options: SendOptions) => Promise<Delivery>;

export interface SendOptions {
  readonly endedAt: Date;
  readonly signal: AbortSignal;
}

/** What a receiver says that is gone for good (RFC 9110 section 15.5.11, Standard Webhooks). */
const gone = 410;

/** Of an answer only the status is looked at: a redirect is not followed, and no body is read. */
export function createWebhookSender({
  guard,
  rules,
  signer,
  answerWithinMs = 10_000,
}: SendParts): SendWebhook {
  return async (webhook, { endedAt, signal }) => {
    const url = new URL(webhook.url);
    // An operator may have taken the host back since the job was accepted.
    if (!rules.allows(url)) return { kind: 'refused', error: new Error('the host is not allowed any more') };
    const body = JSON.stringify(bodyOf(webhook, endedAt));
    const id = `msg_${webhook.job.id}`;
    try {
      const { statusCode: status, body: answer } = await guard.request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': '4runr-gateway',
          ...signer.headersOf({ id, body, sentAtMs: Date.now() }),
        },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
      });
      answer.on('error', () => {}).destroy();
      if (status >= 200 && status < 300) return { kind: 'delivered', status };
      return { kind: status === gone ? 'refused' : 'failed', status };
    } catch (error) {
      return { kind: 'failed', error };
    }
  };
}

function bodyOf({ job }: Webhook, endedAt: Date): JobWebhook {
  const { id, status, createdAt } = job;
  return {
    type: `job.${status}` as JobWebhook['type'],
    timestamp: endedAt.toISOString(),
    data: { job: { id, status, createdAt: createdAt.toISOString() } },
  };
}
