import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import { revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { createAccessTokenAuthority, requireOperator } from '../../src/access-token/index.ts';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createServiceApp } from '../../src/http/index.ts';
import { type RunningService, startService } from '../../src/lifecycle/index.ts';
import { createRevocationFeed, revocationCheck } from '../../src/revocation/index.ts';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  untilRevocationsAreRead,
  writeRevocation,
  writeRevocationList,
} from '../../src/testing/index.ts';
import { eventually } from '../fixtures/eventually.ts';
import {
  createOperatorIssuer,
  issuer,
  type OperatorIssuer,
  operatorId,
  operatorScope,
} from '../fixtures/operator-issuer.ts';

let operators: OperatorIssuer;
let redis: TestRedis;
let link: SeverableLink;
let service: RunningService;
let monotonicMs: number;

before(async () => {
  operators = await createOperatorIssuer();
  redis = await createTestRedis();
  link = await createSeverableLink(redis.url);
});
after(async () => {
  await link.close();
  await redis.drop();
});
beforeEach(async () => {
  await redis.loseData();
  await link.mend();
  monotonicMs = 0;
});
afterEach(() => service.stop());

/** A service with one operators' route, as every service has them; the clock of its staleness is the test's. */
async function start(): Promise<void> {
  service = await startService({
    name: 'test-service',
    config: () => loadConfig(baseSettings(0), { LOG_LEVEL: 'silent', SHUTDOWN_GRACE_MS: '100' }),
    compose: (kit) => {
      const revocations = createRevocationFeed(kit, {
        redisUrl: link.url,
        monotonicMs: () => monotonicMs,
      });
      const authority = createAccessTokenAuthority(kit, {
        issuer,
        keys: operators.keys,
        revocations,
        dpop: undefined,
      });
      const { reportSecurityEvent } = kit;
      const operator = requireOperator({ authority, scope: operatorScope, reportSecurityEvent });
      return createServiceApp(kit, {
        routes: [
          {
            method: 'get',
            path: '/v1/things',
            handlers: [operator, (_request, response) => response.json([])],
          },
        ],
        checks: [revocationCheck(revocations)],
      });
    },
  });
}

async function startReady(): Promise<void> {
  await writeRevocationList(redis.client);
  await start();
  await untilRevocationsAreRead(service.url);
}

const ask = async (token: { jti: string; epoch?: number }): Promise<Response> =>
  fetch(`${service.url}/v1/things`, { headers: await operators.authorize(token) });
const statusOf = async (token: { jti: string; epoch?: number }) => (await ask(token)).status;
const readiness = async () => (await fetch(`${service.url}/readyz`)).status;

async function metric(sample: string): Promise<number> {
  const exposition = await (await fetch(`${service.url}/metrics`)).text();
  const line = exposition.split('\n').find((row) => row.startsWith(sample));
  return Number(line?.split(' ').at(-1));
}

describe('a token that was accepted before', () => {
  it('is answered 401 token.revoked with a challenge once it is revoked, counted, and reported', async () => {
    await startReady();
    const headers = await operators.authorize({ jti: 'tok_1' });
    const present = () => fetch(`${service.url}/v1/things`, { headers });
    assert.equal((await present()).status, 200);
    const exp = Math.floor(Date.now() / 1_000) + 900;
    await writeRevocation(redis.client, revokeToken({ jti: 'tok_1', exp }));
    await eventually(async () => (await present()).status === 401);
    const response = await present();
    assert.equal(problemSchema.parse(await response.json()).code, 'token.revoked');
    assert.match(
      response.headers.get('www-authenticate') ?? '',
      /Bearer realm="4runr", error="invalid_token", error_description="The token was revoked"/,
    );
    assert.equal(await statusOf({ jti: 'tok_2' }), 200);
    assert.equal(await metric('gateway_token_validations_total{result="revoked"'), 2);
    assert.equal(await metric('gateway_security_events_total{event="authentication_failure"'), 2);
  });

  it('ends with its epoch, and tokens of the new epoch are accepted', async () => {
    await startReady();
    assert.equal(await statusOf({ jti: 'tok_1' }), 200);
    await writeRevocation(redis.client, revokeClient({ sub: operatorId, epoch: 1, atMs: Date.now() }));
    await eventually(async () => (await statusOf({ jti: 'tok_1' })) === 401);
    assert.equal(await statusOf({ jti: 'tok_2', epoch: 1 }), 200);
  });
});

describe('a service that cannot know who is revoked', () => {
  const outages = {
    'refuses connections': () => link.sever(),
    'accepts and never answers': async () => link.stall(),
  };
  for (const [how, begin] of Object.entries(outages)) {
    it(`(Redis ${how}) serves for ten seconds, then answers 503 and is not ready, and recovers without a restart`, async () => {
      await startReady();
      await begin();
      monotonicMs += 10_000;
      assert.deepEqual([await statusOf({ jti: 'tok_1' }), await readiness()], [200, 200]);
      monotonicMs += 10_001;
      const response = await ask({ jti: 'tok_1' });
      assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '1']);
      assert.equal(problemSchema.parse(await response.json()).code, 'service.unavailable');
      assert.equal(await readiness(), 503);
      assert.equal((await fetch(`${service.url}/livez`)).status, 200);
      await link.mend();
      await untilRevocationsAreRead(service.url);
      assert.deepEqual([await statusOf({ jti: 'tok_1' }), await readiness()], [200, 200]);
    });
  }

  it('because one is of a kind that it does not know, answers 503 and is not ready while that matters', async () => {
    await startReady();
    const exp = Math.floor(Date.now() / 1_000) + 2;
    await redis.client.xAdd('{revocations}:feed', '*', {
      field: 'family:f',
      value: JSON.stringify({ exp }),
      at: String(Date.now()),
    });
    await eventually(async () => (await statusOf({ jti: 'tok_1' })) === 503);
    assert.equal(await readiness(), 503);
    await untilRevocationsAreRead(service.url);
    assert.equal(await statusOf({ jti: 'tok_1' }), 200);
    assert.ok(Date.now() / 1_000 > exp);
  });

  it('still tells garbage for what it is', async () => {
    await start();
    const headers = { authorization: 'Bearer a.b.c' };
    assert.equal((await fetch(`${service.url}/v1/things`, { headers })).status, 401);
  });

  it('because nobody has written the list yet, answers 503 and is not ready, until somebody has', async () => {
    await start();
    assert.deepEqual([await statusOf({ jti: 'tok_1' }), await readiness()], [503, 503]);
    await writeRevocationList(redis.client);
    await untilRevocationsAreRead(service.url);
    assert.equal(await statusOf({ jti: 'tok_1' }), 200);
  });
});
