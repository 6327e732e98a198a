import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { headers } from '@4runr/contracts/headers';
import type { WebhookKey } from '@4runr/contracts/job';

/** A message as it is signed. */
export interface WebhookMessage {
  /** The same however often it is sent; holds no full stop. */
  readonly id: string;
  readonly body: string;
  readonly sentAtMs: number;
}

export interface WebhookSigner {
  /** What receivers verify with. */
  readonly keys: readonly WebhookKey[];
  headersOf(message: WebhookMessage): Readonly<Record<string, string>>;
}

/** PKCS#8 of an Ed25519 private key without its 32 bytes (RFC 8410 section 7). */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * Signs by Ed25519 as Standard Webhooks 1.0.0 says ("v1a"), with every key, so that keys change without a message that somebody cannot
 * verify.
 *
 * @param seeds 32 bytes each (RFC 8032 section 5.1.5)
 */
export function createWebhookSigner(seeds: readonly Buffer[]): WebhookSigner {
  const privateKeys = seeds.map((seed) =>
    createPrivateKey({ key: Buffer.concat([pkcs8Prefix, seed]), format: 'der', type: 'pkcs8' }),
  );
  return {
    keys: privateKeys.map(publicOf),
    headersOf({ id, body, sentAtMs }) {
      const timestamp = String(Math.floor(sentAtMs / 1_000));
      const content = Buffer.from(`${id}.${timestamp}.${body}`);
      const signatures = privateKeys.map((key) => `v1a,${sign(null, content, key).toString('base64')}`);
      return {
        [headers.webhookId]: id,
        [headers.webhookTimestamp]: timestamp,
        [headers.webhookSignature]: signatures.join(' '),
      };
    },
  };
}

function publicOf(privateKey: KeyObject): WebhookKey {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const required = { crv: 'Ed25519', kty: 'OKP', x } as const;
  const kid = createHash('sha256').update(JSON.stringify(required)).digest('base64url');
  return { ...required, kid, use: 'sig', alg: 'EdDSA' };
}
