import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Stack } from '@4runr/local-stack';
import { runMails } from '../proofs/kills/mail-run.ts';
import { untilAllowed } from '../proofs/kills/quota-race.ts';
import { reconcileMails } from '../proofs/kills/reconcile-mails.ts';
import { seededRandom } from '../proofs/kills/seeded-random.ts';
import { mailCall } from '../proofs/kills/tracked-call.ts';
import { type WatchedMesh, watchMesh } from '../proofs/kills/watched-mesh.ts';
import { auditRowsOf, subjectsReceived } from '../proofs/kills/witnesses.ts';
import type { EnrolledAgent } from '../proofs/measure/operator.ts';
import { untilSucceeds } from '../proofs/measure/outage.ts';
import { startProofStack } from '../proofs/measure/proof-stack.ts';

/** The short version of `npm run prove -- mail-once`, on a mesh of its own with two replicas. */
describe('a mail with an idempotency key', () => {
  const proxies = ['proxy-service', 'proxy-service-2'];
  let stack: Stack & AsyncDisposable;
  let mesh: WatchedMesh;
  let agent: EnrolledAgent;
  let token: string;

  before(async () => {
    stack = await startProofStack({
      scale: { 'proxy-service': proxies.length },
      environment: { TOKEN_RATE_CLIENT: '0', FF_CHAOS: 'on' },
    });
    mesh = await watchMesh(stack, 64);
    const role = 'mail-once-sender';
    await mesh.operator.storePolicy({
      ...{ name: role, subjects: { roles: [role] } },
      allow: ['gmail_send:send'],
      quotas: [{ scope: 'gmail_send:send', limit: 2, window: '1d' }],
    });
    agent = await mesh.operator.enrol(role);
    token = await agent.token();
    await untilAllowed(mesh, token);
  });
  after(async () => {
    await mesh?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  async function send(subject: string, key: string) {
    const { statusCode, headers, body } = await mesh.calls.request({
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
    (await subjectsReceived(mesh.simulatorUrl)).filter((each) => each === subject).length;

  /** Whether a call with a key is under way. */
  async function isDispatching(): Promise<boolean> {
    const keys = await mesh.redis.keys('{p*}:key:*');
    const states = await Promise.all(keys.map((name) => mesh.redis.hGet(name, 'state')));
    return states.includes('dispatching');
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
    await mesh.operator.setFault('gmail_send', { mode: 'latency', rate: 1, latencyMs: 3_000 });
    const first = send(subject, key).catch(() => undefined);
    await untilSucceeds(isDispatching, 10_000);
    for (const proxy of proxies) mesh.kill(proxy);
    assert.notEqual((await first)?.statusCode, 200);
    await mesh.untilWhole();
    await mesh.operator.setFault('gmail_send', { mode: 'latency', rate: 0 });
    let answer = await send(subject, key);
    while (answer.code === 'idempotency.in_progress') answer = await send(subject, key);
    assert.deepEqual(
      [answer.statusCode, answer.code, answer.isReplay],
      [502, 'upstream.outcome_unknown', true],
    );
    assert.equal((await send(subject, key)).code, 'upstream.outcome_unknown');
    await mesh.untilStored();
    assert.ok((await arrived(subject)) <= 1);
    const rows = await auditRowsOf(mesh.database, [agent.id]);
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
    const run = await runMails(mesh, options);
    const { ends } = await reconcileMails(mesh, run);
    assert.equal(run.seen.length, 150);
    assert.ok(ends.sent.mails > 0);
  });
});
