import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PublicJwk } from '@4runr/contracts/token';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createAssertionVerifier } from './assertion-signature.ts';
import { authenticateClient, type ClientAuthenticationParts } from './authenticate-client.ts';
import type { Client } from './client.ts';

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
};
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
    clock: Date.now,
  };
  return { parts, used };
}

async function credentials(clientId?: string) {
  const clientAssertion = await new SignJWT({ iss: 'agt_1', sub: 'agt_1', aud: issuer, jti: 'j1' })
    .setProtectedHeader({ alg: 'ES256' })
    .setExpirationTime('1m')
    .sign(privateKey);
  return { clientAssertion, clientId };
}

describe('authenticateClient', () => {
  it('gives the client whose key signed the assertion', async () => {
    const { parts } = createParts({});
    assert.deepEqual(await authenticateClient(parts, await credentials('agt_1')), client);
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
