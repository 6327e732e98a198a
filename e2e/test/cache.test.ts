import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { callResponseSchema } from '@4runr/contracts/call';
import { recordOf } from './mesh/audit.ts';
import { type Answer, askAsOperator, callTool, stack, tokenOf } from './mesh/gateway.ts';
import { type ProxyBeside, startProxyBeside } from './mesh/proxy-beside.ts';
import { answersOf } from './mesh/simulator.ts';

let questions = 0;
/** A search that nobody has made. */
const newSearch = () => {
  questions += 1;
  return { q: `what is kept ${questions} ${Date.now()}` };
};
const metaOf = (answer: Answer) => callResponseSchema.parse(answer.json).meta;
const search = (params: object, headers = {}) => callTool('serpapi/search', params, { headers });

/** How often SerpAPI was asked by what is done. */
async function asked(act: () => Promise<unknown>): Promise<number> {
  const before = await answersOf('serpapi', 200);
  await act();
  return (await answersOf('serpapi', 200)) - before;
}

/** Kept answers are given again, as soon as the cache is back. */
async function untilKept(): Promise<void> {
  const [params, deadline] = [newSearch(), AbortSignal.timeout(10_000)];
  while (metaOf(await search(params)).cache !== 'hit') {
    deadline.throwIfAborted();
    await wait(50);
  }
}

before(untilKept);

describe('an answer that is kept', () => {
  it('is fetched once, and told of in head, body and audit trail', async () => {
    const params = newSearch();
    const answers: Answer[] = [];
    const fetches = await asked(async () => {
      answers.push(await search(params), await search(params));
    });
    assert.equal(fetches, 1);
    const [first, second] = answers;
    assert.ok(first && second);
    assert.equal(first.headers['cache-status'], '"4RUNR"; fwd=miss; stored');
    assert.match(String(second.headers['cache-status']), /^"4RUNR"; hit; ttl=\d+$/);
    assert.match(String(second.headers.age), /^\d+$/);
    assert.deepEqual([metaOf(first).cache, metaOf(second).cache], ['miss', 'hit']);
    const record = await recordOf(({ id }) => id === metaOf(second).callId);
    assert.deepEqual(
      [record.decision, record.outcome, record.cache, record.attempts, record.dispatched],
      ['allowed', 'completed', 'hit', 0, 'no'],
    );
  });

  it('is not given to who wants another', async () => {
    const params = newSearch();
    const fetches = await asked(async () => {
      await search(params);
      for (const directive of ['no-cache', 'no-store', 'max-age=0'])
        assert.equal((await search(params, { 'cache-control': directive })).status, 200);
    });
    assert.equal(fetches, 4);
  });

  it('is gone when an operator has purged its tool, and that is in the audit trail', async () => {
    const params = newSearch();
    await search(params);
    assert.equal((await askAsOperator('/v1/cache/serpapi', 'DELETE')).status, 204);
    assert.equal(metaOf(await search(params)).cache, 'miss');
    const deadline = performance.now() + 2_000;
    for (;;) {
      const { json } = await askAsOperator('/v1/audit?kind=operator_change&limit=20', 'GET');
      const actions = auditListSchema.parse(json).items.map(({ action }) => action);
      if (actions.includes('cache.purge')) break;
      assert.ok(performance.now() < deadline, 'the purge is in the audit trail within 2 s');
      await wait(50);
    }
  });
});

describe('the cache’s Redis, frozen', () => {
  it('holds no call up, and is used again when it is back', async () => {
    const { pid } = stack().parts.find(({ name }) => name === 'redis-cache') ?? assert.fail();
    assert.ok(pid !== null);
    await tokenOf('scraper');
    const params = newSearch();
    process.kill(pid, 'SIGSTOP');
    try {
      for (let call = 0; call < 10; call += 1) {
        const startedAt = performance.now();
        assert.equal(metaOf(await search(params)).cache, 'bypass');
        assert.ok(performance.now() - startedAt < 1_500);
      }
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await untilKept();
  });
});

describe('FF_CACHE=off', () => {
  let proxy: ProxyBeside;
  before(async () => {
    proxy = await startProxyBeside({ FF_CACHE: 'off' });
  });
  after(() => proxy?.stop());

  it('has every call carried out, also where an answer is kept', async () => {
    const params = newSearch();
    await search(params);
    const answers: Answer[] = [];
    const fetches = await asked(async () => {
      for (let call = 0; call < 3; call += 1) answers.push(await proxy.callTool('serpapi/search', params));
    });
    assert.deepEqual(
      answers.map(({ status, text }) => (status === 200 ? status : text)),
      [200, 200, 200],
    );
    assert.equal(fetches, 3);
    for (const answer of answers) {
      assert.equal(metaOf(answer).cache, 'bypass');
      assert.equal(answer.headers['cache-status'], undefined);
    }
  });
});
