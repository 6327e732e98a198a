import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { adapterRequestSchema, adapterResponseExample, callResponseSchema } from '@4runr/contracts/call';
import {
  allowedResponseExample,
  deniedResponseExample,
  evaluationRequestSchema,
} from '@4runr/contracts/decision';
import { toProblem } from '@4runr/contracts/problem';
import type { RunningService } from '@4runr/service-kit/lifecycle';
import { createSeverableLink } from '@4runr/service-kit/testing';
import { type Answered, problemIn, send } from '../fixtures/calling.ts';
import { mailManifest, webManifest } from '../fixtures/manifests.ts';
import { answer, refuse, type Script } from '../fixtures/peer.ts';
import {
  adapterOf,
  anEffect,
  aRead,
  type Neighbours,
  startNeighbours,
  startProxy,
} from '../fixtures/proxy-under-test.ts';

let neighbours: Neighbours;
let replicas: readonly [RunningService, RunningService];
let authorization: string;
before(async () => {
  neighbours = await startNeighbours();
  replicas = [await startProxy(neighbours), await startProxy(neighbours)];
  authorization = `Bearer ${await neighbours.issuer.token()}`;
});
after(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  await neighbours.close();
});
beforeEach(() => neighbours.reset());

interface Asked {
  readonly key: string;
  readonly at?: RunningService;
  readonly path?: string;
  readonly params?: object;
  readonly authorization?: string;
}

function call({
  key,
  at = replicas[0],
  path = anEffect.path,
  params = anEffect.params,
  ...asked
}: Asked): Promise<Answered> {
  return send(at.url, {
    path,
    headers: {
      'content-type': 'application/json',
      authorization: asked.authorization ?? authorization,
      'idempotency-key': key,
    },
    body: JSON.stringify(params),
  });
}

const newKey = () => randomUUID();
const told = ({ text }: Answered) => callResponseSchema.parse(JSON.parse(text));
const isReplay = ({ headers }: Answered) => headers['idempotency-replayed'] === 'true';
/** Ids of the calls that have reached the adapter of `mail`. */
const sent = () =>
  neighbours.mail.received
    .filter(({ method }) => method === 'POST')
    .map(({ body }) => adapterRequestSchema.parse(body).callId);
const read = { path: aRead.path, params: aRead.params };

/** policy-service, which refuses what the test says and permits no replay. */
const decide =
  (isDenied: (asked: { replayOf?: string | undefined }) => boolean): Script =>
  ({ body }, response) => {
    const { replayOf } = evaluationRequestSchema.parse(body).context;
    const { permit, ...rest } = allowedResponseExample.context;
    if (isDenied({ replayOf })) return answer(response, deniedResponseExample);
    answer(response, { decision: true, context: replayOf === undefined ? { ...rest, permit } : rest });
  };

const mailAnswers = (script: Script) => neighbours.mail.play(adapterOf(mailManifest, script));

describe('calls with one idempotency key', () => {
  it('are carried out once, and the second is answered by what came of the first, at another replica too', async () => {
    neighbours.policy.play(decide(() => false));
    const key = newKey();
    const first = await call({ key });
    assert.deepEqual([first.status, isReplay(first)], [200, false]);
    const second = await call({ key, at: replicas[1] });
    assert.deepEqual([second.status, isReplay(second)], [200, true]);
    assert.deepEqual(told(second).data, told(first).data);
    assert.equal(told(second).meta.attempts, 0);
    assert.deepEqual(sent(), [told(first).meta.callId]);
    const [, asked] = neighbours.policy.received.map(
      ({ body }) => evaluationRequestSchema.parse(body).context,
    );
    assert.equal(asked?.replayOf, told(first).meta.callId);
    assert.notEqual(told(second).meta.callId, told(first).meta.callId);
  });

  it('are one call when fifty come at once over two replicas', async () => {
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, number) => call({ key, at: replicas[number % 2] as RunningService })),
    );
    assert.equal(sent().length, 1);
    const others = answers.filter((each) => each.status !== 200);
    assert.equal(answers.filter((each) => each.status === 200 && !isReplay(each)).length, 1);
    for (const each of others) {
      assert.equal(problemIn(each).code, 'idempotency.in_progress');
      assert.equal(each.headers['retry-after'], '1');
    }
  });

  it('are in conflict with other parameters, and with another action', async () => {
    const key = newKey();
    await call({ key });
    const { to } = anEffect.params;
    for (const other of [{ params: { text: 'Goodbye', to } }, read]) {
      assert.equal(problemIn(await call({ key, ...other })).code, 'idempotency.conflict');
    }
    // The order of members means nothing.
    assert.equal(isReplay(await call({ key, params: { text: anEffect.params.text, to } })), true);
    assert.equal(sent().length, 1);
  });

  it('have nothing to do with those of another agent, or of one that acts for it', async () => {
    const key = newKey();
    await call({ key });
    const foreign = `Bearer ${await neighbours.issuer.token({ sub: 'agt_2' })}`;
    const act = { sub: 'agt_3', client_id: 'cl_3', role: 'scraper', epoch: 1 };
    const acting = `Bearer ${await neighbours.issuer.token({ act })}`;
    for (const other of [foreign, acting])
      assert.equal(isReplay(await call({ key, authorization: other })), false);
    assert.equal(sent().length, 3);
  });

  it('are the same key with quotes and without', async () => {
    const key = newKey();
    await call({ key });
    assert.equal(isReplay(await call({ key: `"${key}"` })), true);
  });
});

describe('the answer to a replay', () => {
  it('is refused to who may not make the call any more', async () => {
    const key = newKey();
    neighbours.policy.play(decide(({ replayOf }) => replayOf !== undefined));
    await call({ key });
    const refused = await call({ key });
    assert.deepEqual([problemIn(refused).code, isReplay(refused)], ['policy.denied', false]);
    neighbours.policy.play(decide(() => false));
    assert.equal(isReplay(await call({ key })), true);
  });

  it('is what the new decision leaves of the whole result', async () => {
    const key = newKey();
    const redacting = [{ type: 'redact', paths: ['title'] }];
    mailAnswers((_received, response) => answer(response, { result: { title: 'secret', other: 1 } }));
    const first = await call({ key });
    assert.deepEqual(told(first).data, { title: 'secret', other: 1 });
    neighbours.policy.play((_received, response) => {
      const { permit: _, ...rest } = allowedResponseExample.context;
      answer(response, { decision: true, context: { ...rest, obligations: redacting } });
    });
    assert.deepEqual(told(await call({ key })).data, { title: '[redacted]', other: 1 });
  });

  it('is the failure of an effect that may have happened', async () => {
    const key = newKey();
    mailAnswers((_received, response) => void response.destroy());
    const first = problemIn(await call({ key }));
    assert.deepEqual([first.code, first.dispatched], ['upstream.outcome_unknown', 'maybe']);
    neighbours.mail.play(adapterOf(mailManifest));
    const again = await call({ key });
    const { code, dispatched } = problemIn(again);
    assert.deepEqual([code, dispatched, isReplay(again)], ['upstream.outcome_unknown', 'maybe', true]);
    assert.deepEqual(sent(), []);
  });

  it('is a problem where the result was too long to be kept', async () => {
    const key = newKey();
    mailAnswers((_received, response) => answer(response, { result: 'x'.repeat(300_000) }));
    assert.equal((await call({ key })).status, 200);
    const again = await call({ key });
    assert.deepEqual([problemIn(again).code, isReplay(again)], ['response.too_large', true]);
    assert.equal(sent().length, 1);
  });
});

describe('a key serves again', () => {
  const rejected =
    (dispatched: 'no' | 'yes'): Script =>
    (_received, response) =>
      refuse(response, toProblem('upstream.rejected', { extensions: { dispatched } }));

  it('when its call was denied, or policy-service was away', async () => {
    const key = newKey();
    neighbours.policy.play(decide(() => true));
    assert.equal(problemIn(await call({ key })).code, 'policy.denied');
    neighbours.policy.play((_received, response) => void response.destroy());
    assert.equal(problemIn(await call({ key })).code, 'policy.unavailable');
    neighbours.policy.play(decide(() => false));
    const carriedOut = await call({ key });
    assert.deepEqual([carriedOut.status, isReplay(carriedOut)], [200, false]);
  });

  it('when nothing was dispatched, and not when something was', async () => {
    const key = newKey();
    await neighbours.mail.pause();
    assert.equal(problemIn(await call({ key })).code, 'service.unavailable');
    await neighbours.mail.resume();
    mailAnswers(rejected('no'));
    assert.equal(isReplay(await call({ key })), false);
    mailAnswers(rejected('yes'));
    assert.equal(isReplay(await call({ key })), false);
    neighbours.mail.play(adapterOf(mailManifest));
    const replayed = await call({ key });
    assert.deepEqual([problemIn(replayed).code, isReplay(replayed)], ['upstream.rejected', true]);
  });

  it('when a read failed in a way that may pass', async () => {
    const key = newKey();
    neighbours.web.play(
      adapterOf(webManifest, (_received, response) =>
        refuse(response, toProblem('upstream.failed', { extensions: { dispatched: 'yes' } })),
      ),
    );
    assert.equal(problemIn(await call({ key, ...read })).code, 'upstream.failed');
    neighbours.web.play(adapterOf(webManifest));
    const again = await call({ key, ...read });
    assert.deepEqual([again.status, isReplay(again)], [200, false]);
  });
});

describe('a key', () => {
  it('is refused where it is none, and nothing is asked of policy', async () => {
    for (const key of ['""', 'x'.repeat(256), 'a\tb', '"open']) {
      assert.equal(problemIn(await call({ key })).code, 'request.invalid');
    }
    assert.deepEqual(neighbours.policy.received, []);
  });

  it('is kept for a read as well, which goes on when its client leaves', async () => {
    const key = newKey();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const { promise: go, resolve: goOn } = Promise.withResolvers<void>();
    neighbours.web.play(
      adapterOf(webManifest, async (_received, response) => {
        arrive();
        await go;
        answer(response, adapterResponseExample);
      }),
    );
    const leaving = new AbortController();
    const left = fetch(`${replicas[0].url}${aRead.path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization, 'idempotency-key': key },
      body: JSON.stringify(aRead.params),
      signal: leaving.signal,
    }).catch(() => {});
    await arrived;
    leaving.abort();
    await left;
    assert.equal(problemIn(await call({ key, ...read })).code, 'idempotency.in_progress');
    goOn();
    let again = await call({ key, ...read });
    while (again.status === 409) again = await call({ key, ...read });
    assert.deepEqual([again.status, isReplay(again)], [200, true]);
  });

  it('is not known while the state Redis is away: nothing is sent', async () => {
    const link = await createSeverableLink(neighbours.redis.url);
    const proxy = await startProxy(neighbours, { REDIS_URL: link.url });
    try {
      await link.sever();
      assert.equal(problemIn(await call({ key: newKey(), at: proxy })).code, 'service.unavailable');
      assert.deepEqual(sent(), []);
    } finally {
      await proxy.stop();
      await link.close();
    }
  });
});
