import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { runMails } from '../../proofs/kills/mail-run.ts';
import { untilAllowed } from '../../proofs/kills/quota-race.ts';
import { reconcileMails } from '../../proofs/kills/reconcile-mails.ts';
import { seededRandom } from '../../proofs/kills/seeded-random.ts';
import { mailCall } from '../../proofs/kills/tracked-call.ts';
import type { WatchedMesh } from '../../proofs/kills/watched-mesh.ts';
import { auditRowsOf, subjectsReceived } from '../../proofs/kills/witnesses.ts';
import type { EnrolledAgent } from '../../proofs/measure/operator.ts';
import { untilSucceeds } from '../../proofs/measure/outage.ts';

/** The short version of `npm run prove -- mail-once`. */
export const testMails = (mesh: () => WatchedMesh) =>
  describe('a mail with an idempotency key', () => {
    const proxies = ['proxy-service', 'proxy-service-2'];
    let agent: EnrolledAgent;
    let token: string;

    before(async () => {
      const role = 'mail-once-sender';
      await mesh().operator.storePolicy({
        ...{ name: role, subjects: { roles: [role] } },
        allow: ['gmail_send:send'],
        quotas: [{ scope: 'gmail_send:send', limit: 2, window: '1d' }],
      });
      agent = await mesh().operator.enrol(role);
      token = await agent.token();
      await untilAllowed(mesh(), token);
    });
    async function send(subject: string, key: string) {
      const { statusCode, headers, body } = await mesh().calls.request({
        method: 'POST',
        path: '/v1/tools/gmail_send/send',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify(mailCall(subject).params),
      });
      const told = (await body.json()) as { code?: string; meta?: { callId: string; attempts: number } };
      return { statusCode, isReplay: headers['idempotency-replayed'] === 'true', ...told };
    }

    const arrived = async (subject: string) =>
      (await subjectsReceived(mesh().simulatorUrl)).filter((each) => each === subject).length;

    /** Names of the keys of calls that are under way, or were when their replica was killed. */
    async function dispatchingKeys(): Promise<readonly string[]> {
      const keys = await mesh().redis.keys('{p*}:key:*');
      const states = await Promise.all(keys.map((name) => mesh().redis.hGet(name, 'state')));
      return keys.filter((_, index) => states[index] === 'dispatching');
    }

    it('goes out once when fifty requests come at once, and takes of a quota once', async () => {
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 50 }, () => send('fifty at once', key)));
      const [made, ...others] = answers.filter(({ statusCode, isReplay }) => statusCode === 200 && !isReplay);
      assert.deepEqual([made?.meta?.attempts, others.length], [1, 0]);
      for (const { statusCode, code, isReplay, meta } of answers) {
        if (isReplay) assert.deepEqual([statusCode, meta?.attempts], [200, 0]);
        else if (statusCode !== 200) assert.equal(code, 'idempotency.in_progress');
      }
      // Two calls are allowed in a day.
      for (let again = 0; again < 3; again += 1)
        assert.equal((await send('fifty at once', key)).isReplay, true);
      assert.equal(await arrived('fifty at once'), 1);
    });

    it('is unknown, and never sent again, when the proxy is killed while the provider is slow', async () => {
      const key = randomUUID();
      const subject = 'slow provider';
      await mesh().operator.setFault('gmail_send', { mode: 'latency', rate: 1, latencyMs: 3_000 });
      const { length } = await dispatchingKeys();
      const first = send(subject, key).catch(() => undefined);
      await untilSucceeds(async () => (await dispatchingKeys()).length > length, 10_000);
      for (const proxy of proxies) mesh().kill(proxy);
      assert.notEqual((await first)?.statusCode, 200);
      await mesh().untilWhole();
      await mesh().operator.setFault('gmail_send', { mode: 'latency', rate: 0 });
      let answer = await send(subject, key);
      while (answer.code === 'idempotency.in_progress') answer = await send(subject, key);
      assert.deepEqual(
        [answer.statusCode, answer.code, answer.isReplay],
        [502, 'upstream.outcome_unknown', true],
      );
      assert.equal((await send(subject, key)).code, 'upstream.outcome_unknown');
      await mesh().untilStored();
      assert.ok((await arrived(subject)) <= 1);
      const rows = await auditRowsOf(mesh().database, [agent.id]);
      const begun = rows.find(({ decision, outcome }) => decision === 'allowed' && outcome === null);
      const replays = rows.filter(({ code }) => code === 'upstream.outcome_unknown');
      assert.ok(begun);
      assert.deepEqual(
        replays.map(({ replayOf, dispatched }) => [replayOf, dispatched]),
        [
          [begun.id, 'no'],
          [begun.id, 'no'],
        ],
      );
    });

    it('arrives at most once, and each client knows, whatever fails and whichever proxy is killed', async () => {
      const random = seededRandom(1);
      const options = { name: 'mail-once', mails: 150, callers: 32, kills: 2, parts: proxies, random };
      const run = await runMails(mesh(), options);
      const { ends } = await reconcileMails(mesh(), run);
      assert.equal(run.seen.length, 150);
      assert.ok(ends.sent.mails > 0);
    });
  });
