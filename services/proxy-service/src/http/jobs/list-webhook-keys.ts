import type { WebhookKey } from '@4runr/contracts/job';
import type { RequestHandler } from 'express';

/** `GET /.well-known/webhook-jwks.json`: what messages that jobs have ended are verified with (RFC 7517). */
export function listWebhookKeys(keys: readonly WebhookKey[]): RequestHandler {
  return (_request, response) => {
    response.set('Cache-Control', 'public, max-age=300').json({ keys });
  };
}
