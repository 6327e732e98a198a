import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { hasEnded, type Job, jobAcceptedSchema, jobResponseSchema } from '@4runr/contracts/job';
import { mailCall } from '../../proofs/kills/tracked-call.ts';
import type { WatchedMesh } from '../../proofs/kills/watched-mesh.ts';
import { subjectsReceived } from '../../proofs/kills/witnesses.ts';
import { untilSucceeds } from '../../proofs/measure/outage.ts';

const role = 'jobs-survive-agent';

const eventually = (ask: () => Promise<boolean>) => untilSucceeds(ask, 90_000);

export const testJobs = (mesh: () => WatchedMesh) =>
  describe('jobs', () => {
    let token: string;

    before(async () => {
      const allow = ['gmail_send:send', 'serpapi:search'];
      await mesh().operator.storePolicy({ name: role, subjects: { roles: [role] }, allow });
      token = await (await mesh().operator.enrol(role)).token();
      await eventually(async () => (await call('serpapi/search', { q: 'ready' })).status === 200);
    });
    async function send(method: 'GET' | 'POST', path: string, headers: object = {}, body?: unknown) {
      const { statusCode: status, body: answer } = await mesh().calls.request({
        ...{ method, path },
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status, json: (await answer.json()) as unknown };
    }
    const call = (action: string, params: unknown, headers = {}) =>
      send('POST', `/v1/tools/${action}`, headers, params);
    const submit = (action: string, params: unknown) => call(action, params, { prefer: 'respond-async' });
    async function accepted(action: string, params: unknown): Promise<string> {
      const { status, json } = await submit(action, params);
      assert.equal(status, 202, JSON.stringify(json));
      return jobAcceptedSchema.parse(json).job.id;
    }
    async function jobOf(id: string): Promise<Job> {
      const { status, json } = await send('GET', `/v1/jobs/${id}`);
      assert.equal(status, 200, JSON.stringify(json));
      return jobResponseSchema.parse(json).job;
    }
    /** What has become of it, once it has ended. While replicas are killed, an answer may be lost. */
    async function endOf(id: string): Promise<Job> {
      let job: Job | undefined;
      await eventually(async () => {
        job = await jobOf(id).catch(() => undefined);
        return job !== undefined && hasEnded(job.status);
      });
      return job ?? assert.fail(id);
    }

    it('are lost by nobody, and send no mail twice, when replicas are killed while they carry them out', async () => {
      const mails = Array.from({ length: 60 }, (_, number) => `job ${number}`);
      const arrivals = async () =>
        (await subjectsReceived(mesh().simulatorUrl)).filter((subject) => mails.includes(subject));
      await mesh().operator.setFault('gmail_send', { mode: 'latency', rate: 1, latencyMs: 2_000 });
      const searches = await Promise.all(mails.map((q) => accepted('serpapi/search', { q })));
      const jobs = await Promise.all(
        mails.map(async (subject) => ({
          subject,
          id: await accepted('gmail_send/send', mailCall(subject).params),
        })),
      );
      for (const replica of ['proxy-service', 'proxy-service-2']) {
        const { length } = await arrivals();
        assert.ok(length < mails.length, 'nothing is left to be killed');
        await eventually(async () => (await arrivals()).length > length);
        mesh().kill(replica);
      }
      for (const id of searches) assert.equal((await endOf(id)).status, 'succeeded');
      const ends = await Promise.all(
        jobs.map(async ({ subject, id }) => ({ subject, job: await endOf(id) })),
      );
      const arrived = await arrivals();
      for (const { subject, job } of ends) {
        const times = arrived.filter((each) => each === subject).length;
        if (job.status === 'succeeded') assert.equal(times, 1, subject);
        else {
          assert.equal(job.problem?.code, 'upstream.outcome_unknown', JSON.stringify(job));
          assert.ok(times <= 1, subject);
        }
      }
      // Each replica had eight jobs at most when it was killed, as JOBS_CONCURRENCY says.
      const failed = ends.filter(({ job }) => job.status === 'failed');
      assert.ok(failed.length <= 16, JSON.stringify(failed.map(({ job }) => job.problem)));
      await mesh().operator.setFault('gmail_send', { mode: 'latency', rate: 0 });
      await mesh().untilWhole();
    });
  });
