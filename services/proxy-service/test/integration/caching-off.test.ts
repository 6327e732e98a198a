import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { type CachingMesh, readCached, startCachingMesh } from '../fixtures/caching-mesh.ts';

let mesh: CachingMesh;
before(async () => {
  mesh = await startCachingMesh({ settings: { FF_CACHE: 'off' } });
});
after(() => mesh.close());

it('with FF_CACHE=off every call is carried out, and nothing is said of a cache or kept', async () => {
  const answers = [await mesh.call(), await mesh.call()];
  assert.deepEqual(
    answers.map((answered) => readCached(answered).data),
    [1, 2],
  );
  for (const { headers } of answers) assert.equal(headers['cache-status'], undefined);
  assert.equal(readCached(answers[1] ?? assert.fail()).meta.cache, 'bypass');
  assert.deepEqual(await mesh.neighbours.redis.client.keys('cache:*'), []);
});
