import type { WebhookKey } from '@4runr/contracts/job';
import { createEgressGuard } from '@4runr/egress-guard';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ProxyConfig } from '../config.ts';
import type { WebhookTurns } from '../domain/webhook.ts';
import type { ReadWebhook } from '../pipeline/enqueue.ts';
import { createWebhookSender } from './send-webhook.ts';
import { createWebhookMetrics } from './webhook-metrics.ts';
import { createWebhookReader, createWebhookRules, refuseWebhooks } from './webhook-rules.ts';
import { createWebhookSigner } from './webhook-signer.ts';
import { workOnWebhooks } from './work-on-webhooks.ts';

export interface Webhooks {
  readonly readWebhook: ReadWebhook;
  /** None where they are switched off. */
  readonly webhookKeys: readonly WebhookKey[];
}

/** Webhooks of jobs, unless no host may be told: then nothing looks for turns, and whoever asks for one is refused. */
export function composeWebhooks(kit: Kit<ProxyConfig>, turns: WebhookTurns): Webhooks {
  const { webhookHosts: hosts, webhookPrivateHosts: privateHosts, webhookKeys: seeds } = kit.config;
  if (hosts.length + privateHosts.length === 0) return { readWebhook: refuseWebhooks, webhookKeys: [] };
  const guard = createEgressGuard({ ports: [443], allowHosts: privateHosts });
  kit.onClose('egress of webhooks', guard.close);
  const rules = createWebhookRules({ hosts, privateHosts });
  const signer = createWebhookSigner(seeds);
  const send = createWebhookSender({ guard, rules, signer });
  workOnWebhooks(kit, { turns, send, metrics: createWebhookMetrics(kit.metrics) });
  return { readWebhook: createWebhookReader(rules, guard.check), webhookKeys: signer.keys };
}
