import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { oauthErrorSchema } from '@4runr/contracts/token';
import { startTestRedisServer, type TestRedisServer } from '@4runr/local-stack/parts';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { generateProofKey, type ProofKey } from '@4runr/service-kit/testing';
import { createClient } from '@redis/client';
import {
  type AuthServiceUnderTest,
  issuer,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, nowSeconds, tokenForm } from '../fixtures/client-key.ts';
import { eventually } from '../fixtures/eventually.ts';

const cacheDir = path.resolve(import.meta.dirname, '../../../../.local');

let redis: TestRedisServer;
let service: AuthServiceUnderTest;
let second: RunningService;
let withoutNonces: RunningService;
let agent: CreateAgentResponse;
let key: ClientKey;
let proofKey: ProofKey;

before(async () => {
  redis = await startTestRedisServer({ cacheDir });
  service = await startAuthService({ REDIS_URL: redis.url });
  second = await service.startReplica();
  withoutNonces = await service.startReplica({ DPOP_NONCE: 'off' });
  key = await generateClientKey('ES256');
  agent = await registerAgent(service, [key]);
  proofKey = await generateProofKey();
});
after(async () => {
  await service.stop();
  await redis.stop();
});

const assertion = (claims: Readonly<Record<string, unknown>> = {}) =>
  key.assert(agent.clientId, issuer, { claims });
const ask = (url: string, clientAssertion: string, headers = {}) =>
  postToken(url, tokenForm(clientAssertion), headers);
const prove = (nonce?: string) => proofKey.prove({ method: 'POST', url: `${issuer}/oauth/token`, nonce });

async function outcomeOf(response: Response): Promise<string> {
  if (response.status === 200) return '200';
  return `${response.status} ${oauthErrorSchema.parse(await response.json()).error}`;
}

/** A new assertion serves again: after a second at most, once Redis is there. */
const untilServed = () =>
  eventually(async () => assert.equal((await ask(second.url, await assertion())).status, 200), 10_000);

async function flushAll(): Promise<void> {
  const client = createClient({ url: redis.url });
  await client.connect();
  await client.flushAll();
  client.destroy();
}

/** The nonce that a replica demands now. */
async function nonceOf(url: string): Promise<string> {
  const demand = await ask(url, await assertion(), { dpop: await prove() });
  return demand.headers.get('dpop-nonce') ?? '';
}

describe('an assertion that does not say when it was made', () => {
  it('serves, and once Redis has lost its data it does not serve again', async () => {
    const undated = { iat: undefined, exp: nowSeconds() + 300 };
    const used = await assertion(undated);
    assert.equal((await ask(service.url, used)).status, 200);
    await flushAll();
    await untilServed();
    assert.equal(await outcomeOf(await ask(second.url, used)), '503 temporarily_unavailable');
    const other = await assertion(undated);
    assert.equal(await outcomeOf(await ask(second.url, other)), '503 temporarily_unavailable');
  });
});

const losses: Readonly<Record<string, () => Promise<void>>> = {
  'FLUSHALL has emptied Redis': flushAll,
  'Redis has come back on another host with nothing': () => redis.restart('nothing'),
  'Redis was restarted with its data, of which the last may be missing': () => redis.restart('data'),
};

for (const [loss, lose] of Object.entries(losses)) {
  describe(`once ${loss}`, { concurrency: false }, () => {
    it('an assertion that was used before is used by nobody again, on any replica', async () => {
      const used = await assertion();
      assert.equal((await ask(service.url, used)).status, 200);
      await lose();
      await untilServed();
      for (const url of [service.url, second.url]) {
        assert.match(
          await outcomeOf(await ask(url, used)),
          /^(503 temporarily_unavailable|401 invalid_client)$/,
        );
      }
    });

    it('a DPoP proof that was used before serves nobody again; one with the nonce that is handed out then does', async () => {
      const nonce = await nonceOf(service.url);
      const used = await prove(nonce);
      const present = async (url: string, dpop: string) =>
        outcomeOf(await ask(url, await assertion(), { dpop }));
      assert.equal(await present(service.url, used), '200');
      await lose();
      await untilServed();
      // No replica has heard of the loss by any proof yet.
      for (const url of [second.url, service.url]) {
        assert.match(await present(url, used), /^400 (use_dpop_nonce|invalid_dpop_proof)$/);
      }
      assert.match(await present(service.url, await prove(nonce)), /use_dpop_nonce/);
      const fresh = await nonceOf(second.url);
      assert.notEqual(fresh, nonce);
      assert.equal(await present(service.url, await prove(fresh)), '200');
    });

    it('where nonces are off, a DPoP proof that was used before serves nobody again', async () => {
      const used = await prove();
      const present = async (dpop: string) =>
        outcomeOf(await ask(withoutNonces.url, await assertion(), { dpop }));
      assert.equal(await present(used), '200');
      await lose();
      await untilServed();
      assert.match(await present(used), /^(503 temporarily_unavailable|400 invalid_dpop_proof)$/);
      assert.equal(await present(await prove()), '200');
    });
  });
}
