import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { describe, it } from 'node:test';
import { webhookKeySchema } from '@4runr/contracts/job';
import { calculateJwkThumbprint } from 'jose';
import { createWebhookSigner } from './webhook-signer.ts';

/** RFC 8032 section 7.1, test 1. */
const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const publicKey = Buffer.from('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a', 'hex');
const message = { id: 'msg_1', body: '{"type":"job.failed"}', sentAtMs: 1_700_000_000_999 };

describe('the signature of a webhook', () => {
  it('is that of Standard Webhooks, and is verified with the key that is published', async () => {
    const { keys, headersOf } = createWebhookSigner([seed]);
    const [key] = keys;
    assert.ok(key);
    assert.deepEqual(webhookKeySchema.parse(key), key);
    assert.equal(key.x, publicKey.toString('base64url'));
    assert.equal(key.kid, await calculateJwkThumbprint(key));
    const headers = headersOf(message);
    assert.deepEqual([headers['webhook-id'], headers['webhook-timestamp']], ['msg_1', '1700000000']);
    const [, signature = ''] = /^v1a,(\S+)$/.exec(headers['webhook-signature'] ?? '') ?? [];
    const content = Buffer.from('msg_1.1700000000.{"type":"job.failed"}');
    const publicObject = createPublicKey({ key: { ...key }, format: 'jwk' });
    assert.ok(verify(null, content, publicObject, Buffer.from(signature, 'base64')));
    assert.ok(!verify(null, Buffer.from('other'), publicObject, Buffer.from(signature, 'base64')));
  });

  it('is one of each key, so that receivers may know the former or the next one', () => {
    const { keys, headersOf } = createWebhookSigner([seed, Buffer.alloc(32, 7)]);
    assert.equal(new Set(keys.map(({ kid }) => kid)).size, 2);
    assert.match(headersOf(message)['webhook-signature'] ?? '', /^v1a,\S+ v1a,\S+$/);
  });
});
