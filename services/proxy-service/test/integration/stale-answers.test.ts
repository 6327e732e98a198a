import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { toProblem } from '@4runr/contracts/problem';
import { type CachingMesh, readCached, startCachingMesh } from '../fixtures/caching-mesh.ts';
import { problemIn } from '../fixtures/calling.ts';
import { eventually } from '../fixtures/eventually.ts';
import { answer, refuse } from '../fixtures/peer.ts';

let mesh: CachingMesh;
let pages = 0;
let url = '';

before(async () => {
  mesh = await startCachingMesh({ rules: { ttlSeconds: 600, staleWhileRevalidateSeconds: 60 } });
});
after(() => mesh.close());
beforeEach(async () => {
  pages += 1;
  url = `https://example.com/${pages}`;
  await mesh.call({ url });
});

/** Has what is kept been asked for so many seconds earlier. */
async function age(seconds: number): Promise<void> {
  const { client } = mesh.neighbours.redis;
  for (const key of await client.keys('cache:answer:*')) {
    const [head = '', ...body] = ((await client.get(key)) ?? '').split('\n');
    const { askedAtMs, ...stamp } = JSON.parse(head);
    const aged = JSON.stringify({ ...stamp, askedAtMs: askedAtMs - seconds * 1_000 });
    await client.set(key, [aged, ...body].join('\n'));
  }
}

describe('an answer whose life is over', () => {
  it('serves while it is fetched anew, of which its caller does not see anything', async () => {
    await age(630);
    const stale = readCached(await mesh.call({ url }));
    assert.match(stale.cacheStatus, /^"4RUNR"; hit; ttl=-\d+$/);
    assert.deepEqual([stale.meta.cache, stale.meta.attempts], ['stale', 0]);
    await eventually(async () => readCached(await mesh.call({ url })).meta.cache === 'hit');
  });

  it('is fetched anew before it is answered when it is over for too long', async () => {
    await age(700);
    assert.equal(readCached(await mesh.call({ url })).cacheStatus, '"4RUNR"; fwd=stale; stored');
  });

  it('serves while the breaker of its tool is open, and again when the tool is back', async () => {
    const headers = { 'cache-control': 'no-store' };
    mesh.answerWith((_received, response) =>
      refuse(
        response,
        toProblem('upstream.failed', { extensions: { dispatched: 'yes', upstreamStatus: 503 } }),
      ),
    );
    await age(700);
    const failed = await mesh.call({ url });
    assert.equal(problemIn(failed).code, 'upstream.failed', 'a tool that fails is not known to be broken');
    await eventually(async () => problemIn(await mesh.call({ url, headers })).code === 'breaker.open');
    const served = readCached(await mesh.call({ url }));
    assert.match(served.cacheStatus, /^"4RUNR"; hit; ttl=-\d+; detail=stale-if-error$/);
    assert.deepEqual([served.meta.cache, served.meta.attempts], ['stale', 0]);
    const without = await mesh.call({ url: 'https://example.com/never-asked' });
    assert.equal(problemIn(without).code, 'breaker.open');
    assert.equal(problemIn(await mesh.call({ url, headers })).code, 'breaker.open');
    mesh.answerWith((_received, response) => answer(response, { result: 'back' }));
    await eventually(async () => (await mesh.call({ url, headers })).status === 200, 20_000);
    assert.equal(readCached(await mesh.call({ url })).data, 'back');
  });
});
