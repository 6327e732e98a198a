import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { agentKeysMax, clientSecretIdSchema, clientSecretSchema } from '@4runr/contracts/agent';
import { createClientSecrets } from './client-secret.ts';

const pepper = randomBytes(32);
function createLoaded(by: Buffer = pepper) {
  const secrets = createClientSecrets();
  secrets.load(by);
  return secrets;
}

describe('a client secret', () => {
  it('has 256 random bits and the form by which leaked secrets are found', () => {
    const made = Array.from({ length: 50 }, () => createLoaded().create('agt_1'));
    for (const { secret, kid } of made) {
      clientSecretSchema.parse(secret);
      clientSecretIdSchema.parse(kid);
    }
    assert.equal(new Set(made.map(({ secret }) => secret)).size, made.length);
  });

  it('is known again by its hash, on every replica with the same pepper', () => {
    const { secret, digest } = createLoaded().create('agt_1');
    assert.equal(createLoaded().isOneOf([digest], { clientId: 'agt_1', secret }), true);
  });

  it('is known again wherever it stands among as many as a client may have', () => {
    const secrets = createLoaded();
    const made = Array.from({ length: agentKeysMax }, () => secrets.create('agt_1'));
    const digests = made.map(({ digest }) => digest);
    for (const { secret } of made)
      assert.equal(secrets.isOneOf(digests, { clientId: 'agt_1', secret }), true);
  });

  it('does not show in its hash, and the hash proves nothing without the pepper', () => {
    const { secret, digest } = createLoaded().create('agt_1');
    assert.equal(digest.includes(secret.slice(4, 12)), false);
    const elsewhere = createLoaded(randomBytes(32));
    assert.equal(elsewhere.isOneOf([digest], { clientId: 'agt_1', secret }), false);
  });

  it('belongs to its client: a hash that was moved to another one proves nothing', () => {
    const secrets = createLoaded();
    const { secret, digest } = secrets.create('agt_1');
    assert.equal(secrets.isOneOf([digest], { clientId: 'agt_2', secret }), false);
  });

  it('is none of a client’s that has none', () => {
    const secrets = createLoaded();
    const { secret } = secrets.create('agt_1');
    assert.equal(secrets.isOneOf([], { clientId: 'agt_1', secret }), false);
  });

  it('cannot be made or checked before the pepper was read', () => {
    const secrets = createClientSecrets();
    assert.throws(() => secrets.create('agt_1'), { code: 'service.unavailable' });
    const candidate = { clientId: 'agt_1', secret: 'x' };
    assert.throws(() => secrets.isOneOf([], candidate), { code: 'service.unavailable' });
  });
});
