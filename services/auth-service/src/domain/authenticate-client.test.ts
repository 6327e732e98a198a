import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import type { PublicJwk } from '@4runr/contracts/token';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAssertionVerifier } from './assertion-signature.ts';
import { authenticateClient, type ClientAuthenticationParts } from './authenticate-client.ts';
import type { Client } from './client.ts';
import { createClientSecrets } from './client-secret.ts';

const issuer = 'https://gateway.test';
const { publicKey, privateKey } = await generateKeyPair('ES256');
const client: Client = {
  id: 'agt_1',
  kind: 'agent',
  clientId: 'agt_1',
  role: 'scraper',
  status: 'active',
  authMethod: 'private_key_jwt',
  epoch: 0,
  keys: [{ ...(await exportJWK(publicKey)), kid: 'k' } as PublicJwk],
  secrets: [],
  tokenTtlSeconds: 900,
  operatorScopes: [],
};
const clientSecrets = createClientSecrets();
clientSecrets.load(randomBytes(32));
const { secret, ...stored } = clientSecrets.create(client.clientId);
const verifyAssertion = await createAssertionVerifier();

/** Parts that know the client in the given state, and a memory of used assertions that can be looked into. */
function createParts(state: Partial<Client>) {
  const used: string[] = [];
  const parts: ClientAuthenticationParts = {
    issuer,
    clients: {
      find: async (clientId) => (clientId === client.clientId ? { ...client, ...state } : undefined),
    },
    verifyAssertion,
    replayGuard: {
      use: async ({ jti }) => {
        const isFirst = !used.includes(jti);
        used.push(jti);
        return isFirst;
      },
    },
    clientSecrets,
    clock: Date.now,
  };
  return { parts, used };
}

async function credentials(clientId?: string) {
  const clientAssertion = await new SignJWT({ iss: 'agt_1', sub: 'agt_1', aud: issuer, jti: 'j1' })
    .setProtectedHeader({ alg: 'ES256' })
    .setExpirationTime('1m')
    .sign(privateKey);
  return { method: 'private_key_jwt', clientAssertion, clientId } as const;
}

describe('authenticateClient', () => {
  it('gives the client whose key signed the assertion, and says which key', async () => {
    const { parts } = createParts({});
    const authenticated = await authenticateClient(parts, await credentials('agt_1'));
    assert.deepEqual(authenticated, { ...client, provenBy: 'k' });
  });

  it('refuses a suspended client as if it were unknown, and leaves its assertion unused', async () => {
    const { parts, used } = createParts({ status: 'suspended' });
    await assert.rejects(authenticateClient(parts, await credentials()), {
      code: 'invalid_client',
      message: 'Client authentication failed',
      reason: 'suspended_client',
    });
    assert.deepEqual(used, []);
  });

  it('lets nobody pass when it cannot be known whether the assertion was used', async () => {
    const { parts } = createParts({});
    const broken = { ...parts, replayGuard: { use: () => Promise.reject(new Error('no answer')) } };
    await assert.rejects(authenticateClient(broken, await credentials()), { message: 'no answer' });
  });

  it('refuses a client_id that contradicts the assertion', async () => {
    const { parts, used } = createParts({});
    await assert.rejects(authenticateClient(parts, await credentials('agt_2')), { code: 'invalid_client' });
    assert.deepEqual(used, []);
  });
});

describe('a refusal that depends on the client', () => {
  it('takes the same time for no key as for ten, and for each reason', async () => {
    const rsa = await generateKeyPair('RS256', { modulusLength: 8_192 });
    const jwk = { ...(await exportJWK(rsa.publicKey)), kty: 'RSA' } as PublicJwk;
    const keys = Array.from({ length: 10 }, (_, index) => ({ ...jwk, kid: `k${index}` }));
    const forged = await new SignJWT({ iss: 'agt_1', sub: 'agt_1', aud: issuer, jti: 'j1' })
      .setProtectedHeader({ alg: 'RS256' })
      .setExpirationTime('1m')
      .sign((await generateKeyPair('RS256')).privateKey);
    const assertion = { method: 'private_key_jwt', clientAssertion: forged, clientId: undefined } as const;
    const guess = { method: 'client_secret_basic', clientId: 'agt_2', clientSecret: 'x' } as const;
    for (const given of [assertion, guess]) {
      for (const state of [{}, { keys }, { status: 'suspended' }] as const) {
        const startedAt = performance.now();
        await assert.rejects(authenticateClient(createParts(state).parts, given));
        const tookMs = performance.now() - startedAt;
        // What is waited for is 30 ms: timers reckon in whole ones from the beginning of their turn. The most is generous: the machine may be busy.
        assert.ok(tookMs > 25 && tookMs < 300, `${tookMs} ms`);
      }
    }
  });
});

describe('authenticateClient by a secret', () => {
  const registered: Partial<Client> = {
    authMethod: 'client_secret_basic',
    keys: [],
    secrets: [stored],
  };
  const bySecret = (change: { clientId?: string; clientSecret?: string } = {}) =>
    ({ method: 'client_secret_basic', clientId: 'agt_1', clientSecret: secret, ...change }) as const;

  it('gives the client whose secret it is, any of several, and says which', async () => {
    const second = clientSecrets.create('agt_1');
    const { parts } = createParts({ ...registered, secrets: [stored, second] });
    for (const [clientSecret, kid] of [
      [secret, stored.kid],
      [second.secret, second.kid],
    ] as const) {
      const { id, provenBy } = await authenticateClient(parts, bySecret({ clientSecret }));
      assert.deepEqual([id, provenBy], ['agt_1', kid]);
    }
  });

  const refusals: readonly [what: string, state: Partial<Client>, change: object, reason: string][] = [
    ['an unknown client', registered, { clientId: 'agt_2' }, 'unknown_client'],
    ['a wrong secret', registered, { clientSecret: `${secret}x` }, 'secret'],
    ['an empty secret', registered, { clientSecret: '' }, 'secret'],
    ['a secret that was withdrawn', { ...registered, secrets: [] }, {}, 'secret'],
    [
      'the secret of another client',
      { ...registered, secrets: [clientSecrets.create('agt_2')] },
      {},
      'secret',
    ],
    ['a suspended client', { ...registered, status: 'suspended' }, {}, 'suspended_client'],
    ['a client that is registered for assertions', { secrets: [stored] }, {}, 'auth_method'],
  ];
  for (const [what, state, change, reason] of refusals) {
    it(`refuses ${what} like any other, and logs why`, async () => {
      const { parts } = createParts(state);
      await assert.rejects(authenticateClient(parts, bySecret(change)), {
        code: 'invalid_client',
        message: 'Client authentication failed',
        challenge: 'Basic',
        reason,
      });
    });
  }

  it('refuses an assertion of a client that is registered for secrets, though its key is known', async () => {
    const { parts, used } = createParts({ authMethod: 'client_secret_basic' });
    await assert.rejects(authenticateClient(parts, await credentials()), {
      message: 'Client authentication failed',
      reason: 'auth_method',
    });
    assert.deepEqual(used, []);
  });
});
