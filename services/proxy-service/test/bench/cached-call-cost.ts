/**
 * CPU time that the proxy itself spends on a call of an action whose answers are kept, by turns and in one run: with the cache off, passed by
 * (`no-store`), missed and filled, and hit.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/cached-call-cost.ts [bytes of an answer] [calls]
 */
import { webOfKeptAnswers } from '../fixtures/caching-mesh.ts';
import { answer } from '../fixtures/peer.ts';
import { adapterOf, aRead, startNeighbours } from '../fixtures/proxy-under-test.ts';
import { type MeasuredCall, printMeasured, startMeasuredProxy } from './measured-proxy.ts';

const bytes = Number(process.argv[2] ?? 4_096);
const calls = Number(process.argv[3] ?? 5_000);
const rounds = 3;

const result = Array.from({ length: bytes / 64 }, (_, index) => `${String(index).padEnd(60, 'x')}`);
let pages = 0;
const same: MeasuredCall = { path: aRead.path, body: JSON.stringify(aRead.params) };
const another = (): MeasuredCall => {
  pages += 1;
  return { path: aRead.path, body: JSON.stringify({ url: `https://example.com/${pages}` }) };
};

const neighbours = await startNeighbours();
neighbours.web.play(
  adapterOf(webOfKeptAnswers({ ttlSeconds: 86_400 }), (_received, response) => answer(response, { result })),
);
const [on, off] = await Promise.all([
  startMeasuredProxy(neighbours, { port: 24_003, settings: { LOG_LEVEL: 'info' } }),
  startMeasuredProxy(neighbours, { port: 24_004, settings: { LOG_LEVEL: 'info', FF_CACHE: 'off' } }),
]);
const kinds = {
  'FF_CACHE=off': [off, () => same],
  'no-store': [on, () => ({ ...same, headers: { 'cache-control': 'no-store' } })],
  misses: [on, another],
  hits: [on, () => same],
} as const;
try {
  for (const [proxy, next] of Object.values(kinds)) await proxy.call(calls / 4, next);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, [proxy, next]] of Object.entries(kinds))
      printMeasured(name, await proxy.call(calls, next));
  }
} finally {
  await Promise.all([on.stop(), off.stop()]);
  await neighbours.close();
}
