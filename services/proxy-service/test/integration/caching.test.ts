import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf, parseAuditMessage } from '@4runr/contracts/audit';
import { allowedResponseExample, evaluationRequestSchema, type Obligation } from '@4runr/contracts/decision';
import { toProblem } from '@4runr/contracts/problem';
import { type CachingMesh, readCached, shared, startCachingMesh } from '../fixtures/caching-mesh.ts';
import { type Answered, problemIn, send } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { answer, refuse } from '../fixtures/peer.ts';
import { allowAll } from '../fixtures/proxy-under-test.ts';
import type { Claims } from '../fixtures/token-issuer.ts';

const operator: Claims = { sub: 'opr_1', role: 'operator', scope: 'cache:write' };
const other: Claims = { sub: 'agt_2' };

let mesh: CachingMesh;
let pages = 0;
/** A page that no test has asked for. */
const newPage = () => {
  pages += 1;
  return `https://example.com/${pages}`;
};
const countAnswers = () =>
  mesh.answerWith((_received, response) => answer(response, { result: mesh.exchanges() }));

async function purge(tool: string, claims: Claims = operator, replica = 0): Promise<Answered> {
  return send(mesh.replicas[replica]?.url ?? '', {
    method: 'DELETE',
    path: `/v1/cache/${tool}`,
    headers: { authorization: `Bearer ${await mesh.neighbours.issuer.token(claims)}` },
  });
}

async function eventsOf(result: string): Promise<number> {
  const exposition = await (await fetch(`${mesh.replicas[0]?.url}/metrics`)).text();
  const sample = new RegExp(`^gateway_cache_events_total\\{tool="web",result="${result}".* (\\d+)$`, 'm');
  return Number(sample.exec(exposition)?.[1] ?? 0);
}

before(async () => {
  mesh = await startCachingMesh({ replicas: 2, settings: { CACHE_ENTRY_BYTES_MAX: '100000' } });
});
after(() => mesh.close());

describe('a read whose answers are kept', () => {
  it('is carried out once; whoever asks again is told so, in head, body and metrics', async () => {
    const url = newPage();
    const hits = await eventsOf('hit');
    const first = readCached(await mesh.call({ url }));
    assert.deepEqual(
      [first.cacheStatus, first.meta.cache, first.meta.attempts],
      ['"4RUNR"; fwd=miss; stored', 'miss', 1],
    );
    const again = await mesh.call({ url });
    const second = readCached(again);
    assert.match(second.cacheStatus, /^"4RUNR"; hit; ttl=(599|600)$/);
    assert.deepEqual([second.meta.cache, second.meta.attempts], ['hit', 0]);
    assert.equal(second.data, first.data);
    assert.match(String(again.headers.age), /^[01]$/);
    assert.match(String(again.headers['server-timing']), /cache;dur=/);
    assert.equal(await eventsOf('hit'), hits + 1);
  });

  it('is answered by what another replica has kept', async () => {
    const url = newPage();
    const { data } = readCached(await mesh.call({ url }));
    const second = readCached(await mesh.call({ url, replica: 1 }));
    assert.deepEqual([second.data, second.meta.cache], [data, 'hit']);
  });

  it('is carried out for each agent, unless its answers are the same for all', async () => {
    const url = newPage();
    const statuses = [];
    for (const path of ['/v1/tools/web/fetch', shared])
      for (const claims of [{}, other])
        statuses.push(readCached(await mesh.call({ path, claims, url })).meta.cache);
    assert.deepEqual(statuses, ['miss', 'miss', 'miss', 'hit']);
  });

  it('is decided each time, and answered each time as its own decision obliges', async () => {
    const url = newPage();
    mesh.answerWith((_received, response) => answer(response, { result: { token: 'secret', id: 1 } }));
    const redacting: Obligation[] = [{ type: 'redact', paths: ['token'] }];
    mesh.neighbours.policy.play(({ body }, response) => {
      const isOther = evaluationRequestSchema.parse(body).subject.id === 'agt_2';
      const context = { ...allowedResponseExample.context, obligations: isOther ? redacting : [] };
      answer(response, { decision: true, context });
    });
    const ask = async (claims: Claims) => readCached(await mesh.call({ path: shared, claims, url }));
    const answers = [await ask(other), await ask({}), await ask(other)];
    assert.deepEqual(
      answers.map(({ data, meta }) => [data, meta.cache]),
      [
        [{ token: '[redacted]', id: 1 }, 'miss'],
        [{ token: 'secret', id: 1 }, 'hit'],
        [{ token: '[redacted]', id: 1 }, 'hit'],
      ],
    );
    assert.equal(mesh.neighbours.policy.received.length, 3);
    mesh.neighbours.policy.play(allowAll);
    countAnswers();
  });

  it('is not answered by a failure', async () => {
    const url = newPage();
    mesh.answerWith((_received, response) =>
      refuse(response, toProblem('upstream.rejected', { extensions: { dispatched: 'yes' } })),
    );
    const failed = await mesh.call({ url });
    assert.equal(problemIn(failed).code, 'upstream.rejected');
    assert.equal(failed.headers['cache-status'], '"4RUNR"; fwd=miss');
    countAnswers();
    assert.equal(readCached(await mesh.call({ url })).meta.cache, 'miss');
  });

  it('is carried out once for many callers at once', async () => {
    const url = newPage();
    const go = Promise.withResolvers<void>();
    mesh.answerWith(async (_received, response) => {
      await go.promise;
      answer(response, { result: 'one for all' });
    });
    const before = mesh.exchanges();
    const calls = Array.from({ length: 20 }, () => mesh.call({ url }));
    await eventually(async () => (await inFlight()) === 20);
    go.resolve();
    const answers = (await Promise.all(calls)).map(readCached);
    assert.equal(mesh.exchanges() - before, 1);
    assert.deepEqual(new Set(answers.map(({ data }) => data)), new Set(['one for all']));
    assert.equal(
      answers.reduce((attempts, { meta }) => attempts + meta.attempts, 0),
      1,
    );
    // Whoever was decided after the answer had come found it kept.
    const others = answers.filter(({ meta }) => meta.attempts === 0);
    for (const { cacheStatus } of others) assert.match(cacheStatus, /; hit; |; collapsed$/);
    assert.ok(others.some(({ cacheStatus }) => cacheStatus.endsWith('collapsed')));
    countAnswers();
  });

  it('is carried out by no-cache and no-store, which differ in what is kept', async () => {
    const url = newPage();
    const ask = async (directive?: string) =>
      readCached(
        await mesh.call({ url, headers: directive === undefined ? {} : { 'cache-control': directive } }),
      );
    const { data: first } = await ask();
    const unstored = await ask('no-store');
    assert.deepEqual([unstored.meta.cache, (await ask()).data], ['bypass', first]);
    const renewed = await ask('no-cache');
    assert.equal(renewed.cacheStatus, '"4RUNR"; fwd=request; stored');
    assert.deepEqual((await ask()).data, renewed.data);
    assert.equal((await ask('max-age=0')).cacheStatus, '"4RUNR"; fwd=request; stored');
    assert.equal((await ask('max-age=60')).meta.cache, 'hit');
  });

  it('has long answers compressed, and none kept that are longer than is set', async () => {
    const [url, tooLong] = [newPage(), newPage()];
    const text = 'long '.repeat(12_000);
    mesh.answerWith((_received, response) => answer(response, { result: text }));
    await mesh.call({ url });
    await eventually(async () => readCached(await mesh.call({ url })).meta.cache === 'hit');
    const again = readCached(await mesh.call({ url }));
    assert.equal(again.data, text);
    const sizes = await Promise.all(
      (await mesh.neighbours.redis.client.keys('cache:answer:*')).map((key) =>
        mesh.neighbours.redis.client.strLen(key),
      ),
    );
    assert.ok(Math.max(...sizes) < 1_000);
    mesh.answerWith((_received, response) => answer(response, { result: text.repeat(2) }));
    assert.equal(readCached(await mesh.call({ url: tooLong })).cacheStatus, '"4RUNR"; fwd=miss');
    assert.equal(await eventsOf('too_large'), 1);
    countAnswers();
  });

  it('lets no key live for ever but that of the tool', async () => {
    const { client } = mesh.neighbours.redis;
    const keys = await client.keys('cache:answer:*');
    assert.ok(keys.length > 0);
    for (const key of keys) assert.ok((await client.ttl(key)) > 0);
  });

  it('is carried out where the cache has evicted what it knew of the tool', async () => {
    const url = newPage();
    await mesh.call({ url });
    await mesh.neighbours.redis.client.del('cache:generation:web');
    assert.equal(readCached(await mesh.call({ url })).meta.cache, 'miss');
    assert.equal(readCached(await mesh.call({ url })).meta.cache, 'hit');
  });

  it('is carried out where somebody has written something else into the cache', async () => {
    const url = newPage();
    await mesh.call({ url });
    const { client } = mesh.neighbours.redis;
    for (const key of await client.keys('cache:answer:*')) await client.set(key, 'garbage');
    assert.equal(readCached(await mesh.call({ url })).meta.cache, 'miss');
  });
});

describe('DELETE /v1/cache/{tool}', () => {
  it('makes what is kept void on every replica at once, and says who did it', async () => {
    const url = newPage();
    for (const replica of [0, 1]) await mesh.call({ url, replica });
    assert.equal((await purge('web')).status, 204);
    assert.equal(readCached(await mesh.call({ url, replica: 1 })).meta.cache, 'miss');
    const [last] =
      (await mesh.neighbours.redis.client.xRevRange(auditStreamKeyOf('opr_1'), '+', '-', {
        COUNT: 1,
      })) ?? [];
    const item = parseAuditMessage(last?.message ?? {});
    assert.ok(item.kind === 'operator_change');
    assert.deepEqual(
      [item.operator, item.action, item.target],
      ['opr_1', 'cache.purge', { type: 'cache', id: 'web' }],
    );
  });

  it('keeps what is being fetched from being kept', async () => {
    const url = newPage();
    const go = Promise.withResolvers<void>();
    mesh.answerWith(async (_received, response) => {
      await go.promise;
      answer(response, { result: 'from before' });
    });
    const before = mesh.exchanges();
    const call = mesh.call({ url });
    await eventually(() => mesh.exchanges() > before);
    assert.equal((await purge('web', operator, 1)).status, 204);
    go.resolve();
    assert.equal(readCached(await call).data, 'from before');
    countAnswers();
    assert.equal(readCached(await mesh.call({ url })).meta.cache, 'miss');
  });

  it('is for operators who may, and for tools that there are', async () => {
    assert.equal(problemIn(await purge('web', { scope: 'cache:write' })).code, 'scope.insufficient');
    assert.equal(
      problemIn(await purge('web', { ...operator, scope: 'faults:write' })).code,
      'scope.insufficient',
    );
    assert.equal(problemIn(await purge('nope')).code, 'tool.unknown');
  });
});

async function inFlight(): Promise<number> {
  const exposition = await (await fetch(`${mesh.replicas[0]?.url}/metrics`)).text();
  return Number(/^gateway_calls_in_flight\S* (\d+)$/m.exec(exposition)?.[1]);
}
