import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { problemSchema } from '@4runr/contracts/problem';
import { oauthErrorSchema } from '@4runr/contracts/token';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import {
  createSeverableLink,
  createTestDatabase,
  type SeverableLink,
  type TestDatabase,
  testRedisUrl,
} from '@4runr/service-kit/testing';
import {
  issuer,
  obtainToken,
  operatorClientId,
  postToken,
  settingsFor,
  startWith,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey, tokenForm } from '../fixtures/client-key.ts';

/** Longest that an answer may take while a part is away, in milliseconds. */
const answerWithinMs = 5_000;

let database: TestDatabase;
let operatorKey: ClientKey;
let postgres: SeverableLink;
let redis: SeverableLink;
before(async () => {
  database = await createTestDatabase();
  operatorKey = await generateClientKey('ES256');
  postgres = await createSeverableLink(database.url);
  redis = await createSeverableLink(testRedisUrl());
});
after(async () => {
  await postgres.close();
  await redis.close();
  await database.drop();
});

function start(): Promise<RunningService> {
  return startWith({ ...settingsFor(postgres.url, operatorKey), REDIS_URL: redis.url });
}

async function requestToken(url: string): Promise<Response> {
  return postToken(url, tokenForm(await operatorKey.assert(operatorClientId, issuer)));
}

/** Asks again and again, without a pause of its own, until the service serves. */
const assertRecovers = (url: string) => assertSucceedsAgain(() => requestToken(url));

/** Parts reconnect by themselves, each with a connection and a pause of its own. */
const assertReadyAgain = (url: string) => assertSucceedsAgain(() => fetch(`${url}/readyz`));

async function assertSucceedsAgain(ask: () => Promise<Response>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    const response = await ask();
    await response.arrayBuffer();
    if (response.status === 200) return;
    assert.ok(performance.now() < until, `still ${response.status} after 10 s`);
  }
}

async function assertUnavailable(url: string): Promise<void> {
  const startedAt = performance.now();
  const response = await requestToken(url);
  assert.ok(performance.now() - startedAt < answerWithinMs, 'the answer takes too long');
  assert.equal(response.status, 503);
  assert.equal(response.headers.get('retry-after'), '1');
  assert.equal(oauthErrorSchema.parse(await response.json()).error, 'temporarily_unavailable');
}

const outages: readonly {
  part: string;
  how: string;
  link: () => SeverableLink;
  begin: (link: SeverableLink) => unknown;
}[] = [
  { part: 'Postgres', how: 'refuses connections', link: () => postgres, begin: (link) => link.sever() },
  { part: 'Postgres', how: 'accepts and never answers', link: () => postgres, begin: (link) => link.stall() },
  { part: 'Redis', how: 'refuses connections', link: () => redis, begin: (link) => link.sever() },
  { part: 'Redis', how: 'accepts and never answers', link: () => redis, begin: (link) => link.stall() },
];

describe('when a part is away', { concurrency: false }, () => {
  for (const { part, how, link, begin } of outages) {
    it(`${part} ${how}: no token, no hang, the public keys stay, and it recovers without a restart`, async () => {
      const service = await start();
      try {
        await assertRecovers(service.url);
        await begin(link());
        await assertUnavailable(service.url);
        assert.equal((await fetch(`${service.url}/.well-known/jwks.json`)).status, 200);
        assert.equal((await fetch(`${service.url}/readyz`)).status, 503);
        assert.equal((await fetch(`${service.url}/livez`)).status, 200);
        await link().mend();
        await assertRecovers(service.url);
        await assertReadyAgain(service.url);
      } finally {
        await link().mend();
        await service.stop();
      }
    });
  }

  it('operators’ calls are answered 503 service.unavailable while Postgres is away', async () => {
    const service = await start();
    try {
      await assertRecovers(service.url);
      const { access_token } = await obtainToken(service.url, { id: operatorClientId, key: operatorKey });
      await postgres.sever();
      const headers = { authorization: `Bearer ${access_token}` };
      const response = await fetch(`${service.url}/v1/agents`, { headers });
      assert.equal(response.status, 503);
      assert.equal(problemSchema.parse(await response.json()).code, 'service.unavailable');
    } finally {
      await postgres.mend();
      await service.stop();
    }
  });

  it('started before Postgres it answers 503, and serves once Postgres is there', async () => {
    await postgres.sever();
    const service = await start();
    try {
      await assertUnavailable(service.url);
      assert.equal((await fetch(`${service.url}/.well-known/jwks.json`)).status, 503);
      await postgres.mend();
      await assertRecovers(service.url);
      assert.equal((await fetch(`${service.url}/.well-known/jwks.json`)).status, 200);
    } finally {
      await service.stop();
    }
  });
});
