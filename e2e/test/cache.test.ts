import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { auditListSchema } from '@4runr/contracts/audit';
import { callResponseSchema } from '@4runr/contracts/call';
import { recordOf } from './mesh/audit.ts';
import { type Answer, askAsOperator, callTool } from './mesh/gateway.ts';
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

/** The cache may have been away before. */
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
