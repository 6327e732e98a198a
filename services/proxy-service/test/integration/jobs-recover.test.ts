import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { createSeverableLink, writeRevocation } from '@4runr/service-kit/testing';
import { problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { held, jobIn, patientMail, patientWeb, withJobs } from '../fixtures/jobs-under-test.ts';
import { adapterOf, allowAll, anEffect } from '../fixtures/proxy-under-test.ts';

const mail = { path: anEffect.path, body: JSON.stringify(anEffect.params) };
const posts = (peer: { received: readonly { method: string }[] }) =>
  peer.received.filter(({ method }) => method === 'POST').length;

describe('a job', () => {
  const jobs = withJobs({ JOBS_CONCURRENCY: '1' });

  it('is one for all calls with one idempotency key, and what it does is done once, at once or later', async () => {
    const headers = { 'idempotency-key': '"the \\"one\\""' };
    const ids = await Promise.all([1, 2, 3].map(() => jobs.accepted({ ...mail, headers })));
    assert.equal(new Set(ids).size, 1);
    await jobs.untilStatus(ids[0] ?? '', 'succeeded');
    const atOnce = await jobs.submit({ ...mail, headers: { ...headers, prefer: 'wait=10' } });
    assert.equal(atOnce.status, 200, atOnce.text);
    assert.equal(posts(jobs.neighbours.mail), 1);
    const other = await jobs.submit({
      ...mail,
      body: JSON.stringify({ ...anEffect.params, text: 'Other' }),
      headers,
    });
    assert.equal(problemIn(other).code, 'idempotency.conflict');
  });

  it('is not carried out when its token or its agent is revoked while it waits', async () => {
    // Each is accepted, and then waits for policy-service.
    const accepted = new Set<string>();
    jobs.neighbours.policy.play((received, response) => {
      const { url } = (received.body as { context: { params: { url: string } } }).context.params;
      if (accepted.has(url)) return void response.writeHead(500).end();
      accepted.add(url);
      allowAll(received, response);
    });
    const of = async (claims: object, name: string) => ({
      headers: { authorization: `Bearer ${await jobs.neighbours.issuer.token({ ...claims })}` },
      body: JSON.stringify({ url: `https://example.com/${name}` }),
    });
    const byToken = await jobs.accepted(await of({ jti: 'tok_ends' }, 'token'));
    const byAgent = await jobs.accepted(await of({ sub: 'agt_ends', jti: 'tok_agent' }, 'agent'));
    const { client } = jobs.neighbours.redis;
    await writeRevocation(
      client,
      revokeToken({ jti: 'tok_ends', exp: Math.floor(Date.now() / 1_000) + 900 }),
    );
    await writeRevocation(client, revokeClient({ sub: 'agt_ends', epoch: 1, atMs: Date.now() }));
    const { problem } = await jobs.untilStatus(byToken, 'failed');
    assert.equal(problem?.code, 'token.revoked');
    await eventually(async () => {
      const { rows } = await jobs.database.query('select status from proxy.jobs where id = $1', [byAgent]);
      return rows[0].status === 'failed';
    });
    assert.equal(posts(jobs.neighbours.web), 0);
  });

  it('waits for a part that is missing when its turn has come', async () => {
    let asked = 0;
    jobs.neighbours.policy.play((received, response) => {
      asked += 1;
      if (asked > 1) return void response.writeHead(500).end();
      allowAll(received, response);
    });
    const id = await jobs.accepted();
    await eventually(() => asked > 2);
    jobs.neighbours.policy.play(allowAll);
    await jobs.untilStatus(id, 'succeeded');
    assert.equal(posts(jobs.neighbours.web), 1);
  });

  it('is given back by a replica that stops while it reads, and another one carries it out', async () => {
    const first = jobs.proxy;
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const id = await jobs.accepted();
    await jobs.untilStatus(id, 'running');
    jobs.proxy = await jobs.start();
    await first.stop();
    release();
    await jobs.untilStatus(id, 'succeeded');
    assert.deepEqual(
      (await jobs.follow(id)).map((event) => jobIn(event).status),
      ['queued', 'running', 'queued', 'running', 'succeeded'],
    );
  });

  it('is carried through by a replica that stops while it does something', async () => {
    const last = jobs.proxy;
    const { script, release } = held();
    jobs.neighbours.mail.play(adapterOf(patientMail, script));
    const id = await jobs.accepted(mail);
    await eventually(() => jobs.neighbours.mail.open() === 1);
    const stopped = last.stop();
    release();
    await stopped;
    jobs.proxy = await jobs.start();
    assert.equal((await jobs.job(id)).status, 'succeeded');
    assert.equal(posts(jobs.neighbours.mail), 1);
  });
});

describe('while Postgres is away', () => {
  const jobs = withJobs();

  it('calls go on, jobs are told to be unavailable, and what came of one is kept when it is back', async () => {
    const link = await createSeverableLink(jobs.databaseUrl);
    await jobs.proxy.stop();
    jobs.proxy = await jobs.start({ DATABASE_URL: link.url });
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const id = await jobs.accepted();
    await jobs.untilStatus(id, 'running');
    await link.sever();
    release();
    assert.equal((await jobs.submit({ headers: { prefer: 'wait=9' } })).status, 200);
    for (const answered of [await jobs.submit(), await jobs.ask('GET', `/v1/jobs/${id}`)]) {
      assert.equal(problemIn(answered).code, 'service.unavailable');
      assert.equal(answered.headers['retry-after'], '1');
    }
    const ready = await fetch(`${jobs.proxy.url}/readyz`);
    assert.equal(ready.status, 200);
    await link.mend();
    await eventually(async () => (await jobs.ask('GET', `/v1/jobs/${id}`)).status === 200);
    await jobs.untilStatus(id, 'succeeded');
    await jobs.untilStatus(await jobs.accepted(), 'succeeded');
    await jobs.proxy.stop();
    await link.close();
  });

  it('connections that are silent for good are given up, those that turns come by too', async () => {
    const link = await createSeverableLink(jobs.databaseUrl);
    await jobs.proxy.stop();
    jobs.proxy = await jobs.start({ DATABASE_URL: link.url });
    await jobs.untilStatus(await jobs.accepted(), 'succeeded');
    link.silence();
    let id = '';
    await eventually(async () => {
      const { status, text } = await jobs.submit();
      if (status === 202) id = JSON.parse(text).job.id;
      return status === 202;
    }, 30_000);
    await jobs.untilStatus(id, 'succeeded');
    await jobs.proxy.stop();
    await link.close();
  });

  it('a replica starts, and takes jobs when it is there', async () => {
    const link = await createSeverableLink(jobs.databaseUrl);
    await link.sever();
    jobs.proxy = await jobs.start({ DATABASE_URL: link.url });
    assert.equal(problemIn(await jobs.submit()).code, 'service.unavailable');
    await link.mend();
    await eventually(async () => (await jobs.submit()).status === 202);
    await jobs.proxy.stop();
    await link.close();
  });
});

describe('a job that waits too long, and one that has ended', () => {
  const jobs = withJobs({ JOBS_CONCURRENCY: '1', JOBS_WAIT_MAX_SECONDS: '1', JOBS_KEPT_SECONDS: '3' });

  it('fail, and are forgotten', async () => {
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    await jobs.untilStatus(await jobs.accepted(), 'running');
    const late = await jobs.accepted(mail);
    const problem = (await jobs.untilStatus(late, 'failed')).problem;
    assert.equal(problem?.code, 'service.unavailable');
    release();
    await eventually(async () => (await jobs.ask('GET', `/v1/jobs/${late}`)).status === 404, 20_000);
    assert.equal(posts(jobs.neighbours.mail), 0);
  });
});
