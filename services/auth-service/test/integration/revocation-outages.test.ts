import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { CreateAgentResponse } from '@4runr/contracts/agent';
import { revocationKeys } from '@4runr/contracts/revocation';
import { oauthErrorSchema, tokenResponseSchema } from '@4runr/contracts/token';
import { createSeverableLink, type SeverableLink } from '@4runr/service-kit/testing';
import { decodeJwt } from 'jose';
import {
  type AuthServiceUnderTest,
  basicHeaders,
  headerForm,
  postToken,
  registerAgent,
  startAuthService,
} from '../fixtures/auth-service-under-test.ts';
import { type ClientKey, generateClientKey } from '../fixtures/client-key.ts';
import { eventually } from '../fixtures/eventually.ts';
import { createOperatorClient, type OperatorClient, problemOf } from '../fixtures/operator-client.ts';

/** A replica that reaches Redis by a link of its own, beside one that always reaches it. */
let service: AuthServiceUnderTest;
let link: SeverableLink;
let key: ClientKey;
before(async () => {
  service = await startAuthService();
  link = await createSeverableLink(service.redis.url);
  key = await generateClientKey('ES256');
});
after(async () => {
  await link.close();
  await service.stop();
});

let agent: CreateAgentResponse;
beforeEach(async () => {
  await link.mend();
  agent = await registerAgent(service, [key]);
});

const headers = { 'if-match': '*' };
const suspend = (operator: OperatorClient) =>
  operator.send(`PATCH /v1/agents/${agent.id}`, { headers, body: { status: 'suspended' } });
const isRevoked = async () =>
  (await service.redis.client.hGet(revocationKeys.active, `client:${agent.id}`)) !== null;

describe('a replica that cannot write to Redis', { concurrency: false }, () => {
  it('does not tell that tokens have ended; another replica ends them within a second or so', async () => {
    const { url } = await service.startReplica({ REDIS_URL: link.url });
    const operator = await createOperatorClient(service, url);
    await link.sever();
    const response = await suspend(operator);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.equal(await problemOf(response), '503 service.unavailable');
    await eventually(async () => assert.ok(await isRevoked()), 1_500);
  });
});

describe('while no replica can write to Redis', { concurrency: false }, () => {
  let alone: AuthServiceUnderTest;
  let operator: OperatorClient;
  before(async () => {
    await link.mend();
    alone = await startAuthService({ REDIS_URL: link.url });
    operator = await eventually(() => createOperatorClient(alone));
  });
  after(() => alone.stop());
  beforeEach(async () => {
    agent = await eventually(() => registerAgent(alone, [key]));
  });

  const ways: readonly { how: string; begin: () => unknown }[] = [
    { how: 'refuses connections', begin: () => link.sever() },
    { how: 'accepts and never answers', begin: () => link.stall() },
  ];
  for (const { how, begin } of ways) {
    it(`which ${how}: 503 however often it is asked, and it takes effect by itself afterwards`, async () => {
      await begin();
      assert.equal(await problemOf(await suspend(operator)), '503 service.unavailable');
      assert.equal(await problemOf(await suspend(operator)), '503 service.unavailable');
      assert.equal(await isRevoked(), false);
      await link.mend();
      await eventually(async () => assert.ok(await isRevoked()), 2_500);
      assert.equal((await suspend(operator)).status, 200);
    });
  }

  it('a repetition that names the state of before is answered 503 until tokens have ended, and only then 412', async () => {
    const read = await operator.send(`GET /v1/agents/${agent.id}`);
    const ifMatch = { 'if-match': read.headers.get('etag') ?? '' };
    const suspendThatState = () =>
      operator.send(`PATCH /v1/agents/${agent.id}`, { headers: ifMatch, body: { status: 'suspended' } });
    await link.sever();
    for (let attempt = 0; attempt < 2; attempt += 1)
      assert.equal(await problemOf(await suspendThatState()), '503 service.unavailable');
    await link.mend();
    await eventually(async () => assert.ok(await isRevoked()), 2_500);
    assert.equal(await problemOf(await suspendThatState()), '412 precondition.failed');
  });

  it('a deletion is not taken for done either, though the agent is gone', async () => {
    await link.sever();
    const remove = () => operator.send(`DELETE /v1/agents/${agent.id}`, { headers });
    assert.equal(await problemOf(await remove()), '503 service.unavailable');
    assert.equal(await problemOf(await remove()), '503 service.unavailable');
    await link.mend();
    await eventually(async () => assert.ok(await isRevoked()), 2_500);
    assert.equal(await problemOf(await remove()), '404 agent.unknown');
  });

  it('a client is not told that its token has ended, and it ends by itself afterwards', async () => {
    const { clientId, clientSecret = '' } = await registerAgent(alone, [], {
      authMethod: 'client_secret_basic',
    });
    const basic = basicHeaders(clientId, clientSecret);
    const issued = await postToken(alone.url, headerForm(), basic);
    const { access_token: token } = tokenResponseSchema.parse(await issued.json());
    await link.sever();
    const body = new URLSearchParams({ token });
    const response = await fetch(`${alone.url}/oauth/revoke`, { method: 'POST', body, headers: basic });
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '1');
    assert.equal(oauthErrorSchema.parse(await response.json()).error, 'temporarily_unavailable');
    await link.mend();
    const field = `token:${decodeJwt(token).jti}`;
    await eventually(
      async () => assert.ok(await service.redis.client.hGet(revocationKeys.active, field)),
      2_500,
    );
  });

  it('what ends no token is done all the same', async () => {
    await link.sever();
    const response = await operator.send(`PATCH /v1/agents/${agent.id}`, {
      headers,
      body: { name: 'Other' },
    });
    assert.equal(response.status, 200);
  });
});
