import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterResponseExample } from '@4runr/contracts/call';
import { problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { held, jobIn, patientMail, patientWeb, withJobs } from '../fixtures/jobs-under-test.ts';
import { adapterOf, anEffect } from '../fixtures/proxy-under-test.ts';

const mail = { path: anEffect.path, body: JSON.stringify(anEffect.params) };

describe('a call that prefers to be answered later', () => {
  const jobs = withJobs({ JOBS_CONCURRENCY: '2', JOBS_QUEUED_OF_AGENT: '3' });

  it('is answered with a job, which has in the end what the call would have answered', async () => {
    const answered = await jobs.submit();
    assert.equal(answered.status, 202);
    assert.equal(answered.headers['preference-applied'], 'respond-async');
    const { job } = JSON.parse(answered.text);
    assert.deepEqual([answered.headers.location, job.status], [`/v1/jobs/${job.id}`, 'queued']);
    const { result } = await jobs.untilStatus(job.id, 'succeeded');
    assert.deepEqual(result?.data, adapterResponseExample.result);
    assert.deepEqual([result?.meta.tool, result?.meta.action], ['web', 'fetch']);
    // The run is a trace of its own, linked to this one.
    assert.match(result?.meta.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.notEqual(result?.meta.traceId, answered.headers['x-correlation-id']);
  });

  it('is refused at once where the call would be', async () => {
    const invalid = await jobs.submit({ body: '{"depth":0}' });
    assert.equal(problemIn(invalid).code, 'params.invalid');
    const unknown = await jobs.submit({ path: '/v1/tools/web/nothing' });
    assert.equal(problemIn(unknown).code, 'action.unknown');
  });

  it('leaves nothing in the database that can be read of what it asks and what came of it', async () => {
    const id = await jobs.accepted({ body: JSON.stringify({ url: 'https://example.com/?of=ada' }) });
    await jobs.untilStatus(id, 'succeeded');
    const { rows } = await jobs.database.query('select * from proxy.jobs');
    assert.equal(rows.length, 1);
    assert.ok(!JSON.stringify(rows).includes('example.com'));
    assert.equal(rows[0].request, null);
  });

  it('is told of by events, which end with what came of it', async () => {
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const id = await jobs.accepted();
    await jobs.untilStatus(id, 'running');
    const followed = jobs.follow(id);
    release();
    const events = await followed;
    assert.deepEqual(
      events.map((event) => [event.id, jobIn(event).status]),
      [
        ['1', 'queued'],
        ['2', 'running'],
        ['3', 'succeeded'],
      ],
    );
    assert.deepEqual(jobIn(events.at(-1)).result?.data, adapterResponseExample.result);
  });

  it('is told of from where a client has lost the stream, and to the end only once', async () => {
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const id = await jobs.accepted();
    await jobs.untilStatus(id, 'running');
    const [first] = await jobs.follow(id, { most: 1 });
    release();
    const rest = await jobs.follow(id, { after: first?.id ?? '' });
    assert.deepEqual(
      rest.map((event) => event.id),
      ['2', '3'],
    );
    const response = await fetch(`${jobs.proxy.url}/v1/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${await jobs.neighbours.issuer.token()}`, 'last-event-id': '3' },
    });
    assert.equal(response.status, 204);
  });

  it('is nothing that another agent can see, follow or end', async () => {
    const id = await jobs.accepted();
    for (const [method, path] of [
      ['GET', `/v1/jobs/${id}`],
      ['GET', `/v1/jobs/${id}/events`],
      ['DELETE', `/v1/jobs/${id}`],
      ['GET', '/v1/jobs/job_none'],
    ] as const) {
      const answered = await jobs.ask(method, path, { sub: 'agt_2', jti: 'tok_2' });
      assert.equal(problemIn(answered).code, 'job.unknown', `${method} ${path}`);
    }
    await jobs.untilStatus(id, 'succeeded');
  });

  it('fails as the call would have failed', async () => {
    jobs.neighbours.web.play(adapterOf(patientWeb, (_received, response) => response.destroy()));
    const { problem } = await jobs.untilStatus(await jobs.accepted(), 'failed');
    assert.equal(problem?.code, 'upstream.failed');
    assert.match(problem?.traceId ?? '', /^[0-9a-f]{32}$/);
  });

  it('never runs where it is cancelled while it waits; a read that runs is broken off', async () => {
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const running = [await jobs.accepted(), await jobs.accepted()];
    for (const id of running) await jobs.untilStatus(id, 'running');
    const waiting = await jobs.accepted();
    const ended = await jobs.ask('DELETE', `/v1/jobs/${waiting}`);
    assert.deepEqual([ended.status, JSON.parse(ended.text).job.status], [200, 'cancelled']);
    for (const id of running) {
      const asked = await jobs.ask('DELETE', `/v1/jobs/${id}`);
      assert.deepEqual([asked.status, JSON.parse(asked.text).job.status], [202, 'running']);
      await jobs.untilStatus(id, 'cancelled');
    }
    assert.equal(jobs.neighbours.web.open(), 0);
    release();
    await jobs.untilStatus(await jobs.accepted(), 'succeeded');
    assert.equal(jobs.neighbours.web.received.filter(({ method }) => method === 'POST').length, 3);
    assert.equal((await jobs.job(waiting)).status, 'cancelled');
    const again = await jobs.ask('DELETE', `/v1/jobs/${waiting}`);
    assert.deepEqual([again.status, JSON.parse(again.text).job.status], [200, 'cancelled']);
  });

  it('is carried through once its effect may have begun, and whoever would end it is told so', async () => {
    const { script, release } = held();
    jobs.neighbours.mail.play(adapterOf(patientMail, script));
    const id = await jobs.accepted(mail);
    await jobs.untilStatus(id, 'running');
    assert.equal(problemIn(await jobs.ask('DELETE', `/v1/jobs/${id}`)).code, 'conflict');
    release();
    await jobs.untilStatus(id, 'succeeded');
  });

  it('is turned away where its agent has as many queued as it may, and not for what others have', async () => {
    const { script, release } = held();
    jobs.neighbours.web.play(adapterOf(patientWeb, script));
    const running = [await jobs.accepted(), await jobs.accepted()];
    for (const id of running) await jobs.untilStatus(id, 'running');
    const queued = await Promise.all(Array.from({ length: 10 }, () => jobs.submit()));
    const limited = queued.filter(({ status }) => status === 429);
    assert.deepEqual([limited.length, queued.filter(({ status }) => status === 202).length], [7, 3]);
    const [refused] = limited;
    assert.ok(refused);
    assert.equal(problemIn(refused).code, 'jobs.limited');
    assert.equal(refused.headers['retry-after'], '5');
    const authorization = `Bearer ${await jobs.neighbours.issuer.token({ sub: 'agt_2', jti: 'tok_2' })}`;
    assert.equal((await jobs.submit({ headers: { authorization } })).status, 202);
    release();
    for (const { text } of queued.filter(({ status }) => status === 202)) {
      await jobs.untilStatus(JSON.parse(text).job.id, 'succeeded');
    }
  });

  it('counts what waits and how runs end', async () => {
    const metrics = async () => (await send('/metrics')).text;
    const send = (path: string) => jobs.ask('GET', path);
    await jobs.untilStatus(await jobs.accepted(), 'succeeded');
    assert.match(
      await metrics(),
      /gateway_job_runs_total\{status="succeeded",service="proxy-service"\} [1-9]/,
    );
    await eventually(async () =>
      /gateway_jobs\{status="queued",service="proxy-service"\} 0/.test(await metrics()),
    );
  });
});

describe('calls that do not prefer to be answered later, or where that is switched off', () => {
  const jobs = withJobs();

  it('are answered at once', async () => {
    for (const prefer of ['wait=10', 'handling=lenient']) {
      assert.equal((await jobs.submit({ headers: { prefer } })).status, 200, prefer);
    }
  });

  it('FF_ASYNC=off: the preference is not applied, and there are no jobs', async () => {
    const on = jobs.proxy;
    jobs.proxy = await jobs.start({ FF_ASYNC: 'off' });
    const answered = await jobs.submit();
    assert.deepEqual([answered.status, answered.headers['preference-applied']], [200, undefined]);
    assert.deepEqual(JSON.parse(answered.text).data, adapterResponseExample.result);
    assert.equal(problemIn(await jobs.ask('GET', '/v1/jobs/job_1')).code, 'route.unknown');
    jobs.proxy = on;
  });
});
