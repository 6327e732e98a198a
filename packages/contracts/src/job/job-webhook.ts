import * as z from 'zod';
import { jobSchema } from './job.ts';

/**
 * Body of the message that a job has ended (Standard Webhooks 1.0.0, "thin"): which one and how, not what came of it. Whoever
 * receives it asks for that with a token of the agent's.
 */
export const jobWebhookSchema = z.object({
  type: z.enum(['job.succeeded', 'job.failed', 'job.cancelled']),
  /** When it ended. */
  timestamp: z.iso.datetime(),
  data: z.object({ job: jobSchema.pick({ id: true, status: true, createdAt: true }) }),
});
export type JobWebhook = z.infer<typeof jobWebhookSchema>;

/** A public key that such messages are signed with (RFC 8037); `kid` is its thumbprint (RFC 7638). */
export const webhookKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  kid: z.string(),
  use: z.literal('sig'),
  alg: z.literal('EdDSA'),
});
export type WebhookKey = z.infer<typeof webhookKeySchema>;

/** All of them, as JWK Set (RFC 7517). */
export const webhookKeysPath = '/.well-known/webhook-jwks.json';
