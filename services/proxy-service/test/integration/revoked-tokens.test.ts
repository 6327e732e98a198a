import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Revocation, revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { createSeverableLink, writeRevocation } from '@4runr/service-kit/testing';
import { type Answered, problemIn, send } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { aRead, startProxy } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';
import type { Claims } from '../fixtures/token-issuer.ts';

const proxy = withRunningProxy();

const exp = Math.floor(Date.now() / 1_000) + 900;
const requests = {
  'a call': (authorization: string) => proxy.call({ headers: { authorization } }),
  'the list of tools': (authorization: string) =>
    send(proxy.url, { method: 'GET', path: '/v1/tools', headers: { authorization } }),
  'one tool': (authorization: string) =>
    send(proxy.url, { method: 'GET', path: '/v1/tools/web', headers: { authorization } }),
};
const carriedOut = () => proxy.neighbours.web.received.filter(({ method }) => method === 'POST').length;

async function revoke(revocation: Revocation): Promise<void> {
  await writeRevocation(proxy.neighbours.redis.client, revocation);
}

async function untilRefused(ask: () => Promise<Answered>): Promise<Answered> {
  let answered: Answered | undefined;
  await eventually(async () => {
    answered = await ask();
    return answered.status === 401;
  });
  assert.ok(answered);
  return answered;
}

describe('a token that is revoked while it is in use', () => {
  for (const [what, ask] of Object.entries(requests)) {
    it(`gets no answer to ${what} any more, nor anything carried out`, async () => {
      const jti = `tok_${what}`;
      const authorization = await proxy.bearer({ jti });
      assert.equal((await ask(authorization)).status, 200);
      await revoke(revokeToken({ jti, exp }));
      const refused = await untilRefused(() => ask(authorization));
      assert.equal(problemIn(refused).code, 'token.revoked');
      assert.match(refused.headers['www-authenticate'] ?? '', /error="invalid_token"/);
      const before = carriedOut();
      assert.equal((await ask(authorization)).status, 401);
      assert.equal(carriedOut(), before);
      assert.equal((await ask(await proxy.bearer({ jti: 'tok_other' }))).status, 200);
    });
  }

  it('is counted as revoked, by the metric that tells how long that took too', async () => {
    const jti = 'tok_counted';
    const authorization = await proxy.bearer({ jti });
    const before = await proxy.metric('gateway_token_validations_total', 'result="revoked"');
    await revoke(revokeToken({ jti, exp }));
    await untilRefused(() => proxy.call({ headers: { authorization } }));
    assert.ok((await proxy.metric('gateway_token_validations_total', 'result="revoked"')) > before);
    assert.ok((await proxy.metric('gateway_revocation_propagation_seconds_count')) > 0);
    assert.ok((await proxy.metric('gateway_security_events_total', 'authentication_failure')) > 0);
  });
});

describe('revoking', () => {
  const act = { sub: 'agt_actor', client_id: 'agt_actor', role: 'enricher', epoch: 2 };
  const rows: readonly {
    what: string;
    revocation: Revocation;
    ended: Claims;
    alive: Claims;
  }[] = [
    {
      what: 'all tokens of an agent ends those of its earlier epochs alone',
      revocation: revokeClient({ sub: 'agt_all', epoch: 3, atMs: Date.now() }),
      ended: { sub: 'agt_all', epoch: 2 },
      alive: { sub: 'agt_all', epoch: 3 },
    },
    {
      what: 'a token ends what was exchanged for it',
      revocation: revokeToken({ jti: 'tok_subject', exp }),
      ended: { jti: 'tok_exchanged', act, parents: ['tok_subject'] },
      alive: { jti: 'tok_exchanged', act, parents: ['tok_another'] },
    },
    {
      what: 'all tokens of an actor ends those by which it acts for others',
      revocation: revokeClient({ sub: act.sub, epoch: 3, atMs: Date.now() }),
      ended: { jti: 'tok_acting', act: { ...act, epoch: 2 } },
      alive: { jti: 'tok_acting', act: { ...act, epoch: 3 } },
    },
  ];
  for (const { what, revocation, ended, alive } of rows) {
    it(what, async () => {
      const authorization = await proxy.bearer(ended);
      await revoke(revocation);
      const refused = await untilRefused(() => proxy.call({ headers: { authorization } }));
      assert.equal(problemIn(refused).code, 'token.revoked');
      const answered = await proxy.call({ headers: { authorization: await proxy.bearer(alive) } });
      assert.equal(answered.status, 200);
    });
  }
});

describe('a proxy that starts while the state Redis is away', () => {
  it('is not ready and takes no token, and needs no restart when Redis comes', async () => {
    const link = await createSeverableLink(proxy.neighbours.redis.url);
    await link.sever();
    const started = await startProxy(proxy.neighbours, { REDIS_URL: link.url }, { isReady: false });
    const call = async () =>
      send(started.url, {
        path: aRead.path,
        headers: { 'content-type': 'application/json', authorization: await proxy.bearer() },
        body: JSON.stringify(aRead.params),
      });
    const readiness = async () => (await fetch(`${started.url}/readyz`)).status;
    try {
      const refused = await call();
      assert.deepEqual(
        [problemIn(refused).code, refused.headers['retry-after']],
        ['service.unavailable', '1'],
      );
      assert.equal(await readiness(), 503);
      const { failing } = (await (await fetch(`${started.url}/ready`)).json()) as { failing: string[] };
      assert.ok(failing.includes('proxy-service'));
      await link.mend();
      await eventually(async () => (await readiness()) === 200);
      assert.equal((await call()).status, 200);
    } finally {
      await started.stop();
      await link.close();
    }
  });
});
