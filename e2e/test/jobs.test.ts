import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordOf } from './mesh/audit.ts';
import { e2e } from './mesh/config.ts';
import { ask, problemOf } from './mesh/gateway.ts';
import { askJob, followJob, type JobEvent, readJob, submit, submitTraced, untilJob } from './mesh/jobs.ts';
import { mailsWith } from './mesh/simulator.ts';

/** A page that is answered when a test says so. */
const heldPage = (name: string) => ({
  params: { url: `${e2e.webUrl}/held/${name}` },
  arrived: () => fetch(`${e2e.webUrl}/arrived/${name}`),
  release: () => fetch(`${e2e.webUrl}/release/${name}`),
  left: () => fetch(`${e2e.webUrl}/left/${name}`, { signal: AbortSignal.timeout(10_000) }),
});

async function next(events: AsyncGenerator<JobEvent>): Promise<JobEvent> {
  const { value } = await events.next();
  return value ?? assert.fail('the stream has ended');
}

describe('a call that prefers to be answered later', () => {
  it('can be followed while it runs, from where the stream was lost, to its result', async () => {
    const page = heldPage('job-followed');
    const id = await submit('http_fetch/get', page.params);
    const events = followJob(id);
    assert.equal((await next(events)).job.status, 'queued');
    // Told through the edge before the stream ends: nothing on the way gathers it.
    const running = await next(events);
    assert.equal(running.job.status, 'running');
    await events.return();
    await page.arrived();
    await page.release();
    const rest: JobEvent[] = [];
    for await (const event of followJob(id, running.id)) rest.push(event);
    assert.deepEqual(
      rest.map((event) => event.job.status),
      ['succeeded'],
    );
    assert.deepEqual((await readJob(id)).result, rest[0]?.job.result);
    assert.equal(rest[0]?.job.result?.meta.tool, 'http_fetch');
  });

  it('is broken off when it is cancelled, all along its way', async () => {
    const page = heldPage('job-cancelled');
    const id = await submit('http_fetch/get', page.params);
    await page.arrived();
    assert.equal((await askJob(id, 'DELETE')).status, 202);
    await page.left();
    await untilJob(id, ({ status }) => status === 'cancelled');
  });

  it('sends its mail once, and both its acceptance and its run are in the audit trail', async () => {
    const subject = 'e2e jobs once';
    const by = 'engager';
    const mail = { to: 'ada@company.com', subject, text: 'Hello' };
    const { id, traceId } = await submitTraced('gmail_send/send', mail, { by });
    const { result } = await untilJob(id, ({ status }) => status === 'succeeded', { by });
    assert.equal((await mailsWith(subject)).length, 1);
    const run = await recordOf((call) => call.id === result?.meta.callId);
    assert.deepEqual([run.outcome, run.status, run.traceId], ['completed', 200, result?.meta.traceId]);
    const accepted = await recordOf((call) => call.traceId === traceId && call.status === 202);
    assert.deepEqual([accepted.attempts, accepted.dispatched], [0, 'no']);
  });

  it('is known to its agent alone', async () => {
    const id = await submit('serpapi/search', { q: 'tea' });
    assert.equal(problemOf(await askJob(id, 'GET', { by: 'enricher' })).code, 'job.unknown');
    assert.equal(problemOf(await askJob(id, 'GET', { by: 'operator' })).code, 'job.unknown');
    assert.equal(problemOf(await ask(`/v1/jobs/${id}`)).code, 'token.missing');
    await untilJob(id, ({ status }) => status === 'succeeded');
  });
});
