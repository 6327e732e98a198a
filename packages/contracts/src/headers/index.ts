/** Names of the headers that cross a border of ours, in the spelling that the wire shows. */
export const headers = {
  /** Trace id of the request, 32 hex digits, on every response; set by the edge. */
  correlationId: 'X-Correlation-Id',
  /** Names a call, so that it is carried out once (draft-ietf-httpapi-idempotency-key-header-07). */
  idempotencyKey: 'Idempotency-Key',
  /** `true` on the answer to a call that was not carried out, because one with its key had been. */
  idempotencyReplayed: 'Idempotency-Replayed',
  /** What the agent says it is doing; policies may demand one of a list. */
  agentIntent: 'Agent-Intent',
  /** Proof that whoever presents a token holds the key that it is bound to (RFC 9449). */
  dpop: 'DPoP',
  /** What the next proof has to carry as its `nonce` (RFC 9449 section 8). */
  dpopNonce: 'DPoP-Nonce',
  /** policy-service's proof of an allowing decision, from the proxy to an adapter. */
  permit: 'Gateway-Permit',
  /** Longest time that an attempt may take, in whole milliseconds, from the proxy to an adapter. */
  timeLimit: 'Gateway-Time-Limit',
  /** How the agent wants to be answered (RFC 7240). */
  prefer: 'Prefer',
  /** What of it is honoured (RFC 7240 section 3). */
  preferenceApplied: 'Preference-Applied',
  /** Where the agent wants to be told that its job has ended (ADR 43). */
  jobWebhook: 'Job-Webhook',
  /** Names a message, however often it is sent (Standard Webhooks 1.0.0, as the next two). */
  webhookId: 'webhook-id',
  /** When it is sent, in seconds since the epoch. */
  webhookTimestamp: 'webhook-timestamp',
  /** What it is signed with: `v1a,<base64>`, one for each key, separated by spaces. */
  webhookSignature: 'webhook-signature',
  /** Remaining life of the access token in seconds. */
  tokenExpiresIn: 'X-Token-Expires-In',
  /** `true` in the last fifth of a token's life. */
  tokenRotationRecommended: 'X-Token-Rotation-Recommended',
  /** What is left of the quotas that a call took of (draft-ietf-httpapi-ratelimit-headers-10). */
  rateLimit: 'RateLimit',
  /** The quotas themselves (the same draft). */
  rateLimitPolicy: 'RateLimit-Policy',
  /** How the cache of answers handled a call (RFC 9211). */
  cacheStatus: 'Cache-Status',
  /** Where the time went (W3C Server-Timing). */
  serverTiming: 'Server-Timing',
} as const;
