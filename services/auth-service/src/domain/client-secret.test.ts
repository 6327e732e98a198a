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
    const made = createLoaded().create('agt_1');
    const { kid, secret } = made;
    assert.equal(createLoaded().findKid([made], { clientId: 'agt_1', secret }), kid);
  });

  it('is known again wherever it stands among as many as a client may have', () => {
    const secrets = createLoaded();
    const made = Array.from({ length: agentKeysMax }, () => secrets.create('agt_1'));
    for (const { kid, secret } of made)
      assert.equal(secrets.findKid(made, { clientId: 'agt_1', secret }), kid);
  });

  it('does not show in its hash, and the hash proves nothing without the pepper', () => {
    const made = createLoaded().create('agt_1');
    const { secret, digest } = made;
    assert.equal(digest.includes(secret.slice(4, 12)), false);
    const elsewhere = createLoaded(randomBytes(32));
    assert.equal(elsewhere.findKid([made], { clientId: 'agt_1', secret }), undefined);
  });

  it('belongs to its client: a hash that was moved to another one proves nothing', () => {
    const secrets = createLoaded();
    const made = secrets.create('agt_1');
    assert.equal(secrets.findKid([made], { clientId: 'agt_2', secret: made.secret }), undefined);
  });

  it('is none of a client’s that has none', () => {
    const secrets = createLoaded();
    const { secret } = secrets.create('agt_1');
    assert.equal(secrets.findKid([], { clientId: 'agt_1', secret }), undefined);
  });

  it('cannot be made or checked before the pepper was read', () => {
    const secrets = createClientSecrets();
    assert.throws(() => secrets.create('agt_1'), { code: 'service.unavailable' });
    const candidate = { clientId: 'agt_1', secret: 'x' };
    assert.throws(() => secrets.findKid([], candidate), { code: 'service.unavailable' });
  });
});
