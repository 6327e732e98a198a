import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { WebhookKey } from '@4runr/contracts/job';
import { problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { held, patientWeb, withJobs } from '../fixtures/jobs-under-test.ts';
import { adapterOf } from '../fixtures/proxy-under-test.ts';
import { isSigned, startReceiver } from '../fixtures/webhook-receiver.ts';

const receiver = await startReceiver();
const slow = await startReceiver();

describe('who asks for it by Job-Webhook', () => {
  const jobs = withJobs({
    JOB_WEBHOOK_PRIVATE_HOSTS: `${receiver.host},${slow.host}`,
    JOB_WEBHOOK_KEYS_BASE64: Buffer.alloc(32, 3).toString('base64'),
    JOBS_CONCURRENCY: '1',
  });
  after(() => Promise.all([receiver.close(), slow.close()]));

  const told = (url: string) => ({ headers: { 'job-webhook': url } });
  async function keys(): Promise<readonly WebhookKey[]> {
    const response = await fetch(`${jobs.proxy.url}/.well-known/webhook-jwks.json`);
    return ((await response.json()) as { keys: WebhookKey[] }).keys;
  }
  async function counted(result: string): Promise<number> {
    const { text } = await jobs.ask('GET', '/metrics');
    const line = new RegExp(`gateway_job_webhooks_total\\{result="${result}"[^}]*\\} (\\d+)`);
    return Number(line.exec(text)?.[1] ?? 0);
  }

  it('is told that the job has ended, and how, signed for everybody to verify, and not what came of it', async () => {
    const id = await jobs.accepted(told(receiver.url));
    await eventually(() => receiver.received.length === 1);
    const [received] = receiver.received;
    assert.ok(received);
    const { createdAt } = await jobs.job(id);
    assert.equal(received.message.type, 'job.succeeded');
    assert.deepEqual(received.message.data, { job: { id, status: 'succeeded', createdAt } });
    assert.equal(received.headers['webhook-id'], `msg_${id}`);
    assert.ok(isSigned(received, await keys()));
    await eventually(async () => (await counted('delivered')) === 1);
  });

  it('is told of jobs that fail and that are cancelled while they wait', async () => {
    receiver.play((response) => void response.writeHead(204).end());
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const first = await jobs.accepted();
    await jobs.untilStatus(first, 'running');
    const cancelled = await jobs.accepted(told(receiver.url));
    await jobs.ask('DELETE', `/v1/jobs/${cancelled}`);
    await eventually(() => receiver.received.length === 1);
    assert.equal(receiver.received[0]?.message.type, 'job.cancelled');
    release();
    jobs.neighbours.web.play(adapterOf(patientWeb, (_received, response) => response.destroy()));
    await jobs.untilStatus(await jobs.accepted(told(receiver.url)), 'failed');
    await eventually(() => receiver.received.length === 2);
    assert.equal(receiver.received[1]?.message.type, 'job.failed');
  });

  it('is told again, by the same name, when it has failed to take it; a slow one keeps no other waiting', async () => {
    slow.play(() => {});
    receiver.play((response, nth) => {
      if (nth === 1) response.destroy();
      else response.writeHead(nth === 2 ? 503 : 200).end();
    });
    for (let nth = 0; nth < 6; nth += 1) await jobs.accepted(told(slow.url));
    await eventually(() => slow.received.length > 0);
    await jobs.accepted(told(receiver.url));
    await eventually(() => receiver.received.length === 3, 30_000);
    assert.equal(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(new Set(receiver.received.map(({ text }) => text)).size, 1);
    for (const received of receiver.received) assert.ok(isSigned(received, await keys()));
    assert.ok(slow.received.length <= 4);
  });

  it('is not told of a job any more that is forgotten', async () => {
    const expired = await counted('expired');
    receiver.play((response) => void response.writeHead(503).end());
    await jobs.accepted(told(receiver.url));
    await eventually(() => receiver.received.length > 0);
    await jobs.database.query('delete from proxy.jobs');
    await eventually(async () => (await counted('expired')) > expired, 30_000);
  });

  it('is nobody that an operator has not allowed, and leaves no URL in the database that can be read', async () => {
    assert.equal(problemIn(await jobs.submit(told('https://elsewhere.test/'))).code, 'target.forbidden');
    assert.equal(problemIn(await jobs.submit(told('elsewhere'))).code, 'request.invalid');
    receiver.play((response) => void response.writeHead(503).end());
    await jobs.accepted(told(receiver.url));
    const { rows } = await jobs.database.query('select * from proxy.jobs');
    const turns = await jobs.database.query('select * from proxy.job');
    assert.ok(!/localhost|secret/.test(JSON.stringify([rows, turns.rows])));
  });

  it('is refused where webhooks are switched off, and there are no keys', async () => {
    const on = jobs.proxy;
    jobs.proxy = await jobs.start({ JOB_WEBHOOK_PRIVATE_HOSTS: '' });
    assert.equal(problemIn(await jobs.submit(told(receiver.url))).code, 'target.forbidden');
    const answered = await jobs.ask('GET', '/.well-known/webhook-jwks.json');
    assert.equal(problemIn(answered).code, 'route.unknown');
    jobs.proxy = on;
  });
});
