/**
 * What it costs calls that are answered at once that jobs can be: CPU time of a proxy per call, by turns with `FF_ASYNC` off and on,
 * while nothing is queued.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/jobs-beside-calls.ts [calls]
 */
import { createTestDatabase } from '@4runr/service-kit/testing';
import { aRead, startNeighbours } from '../fixtures/proxy-under-test.ts';
import { printMeasured, startMeasuredProxy } from './measured-proxy.ts';

const calls = Number(process.argv[2] ?? 10_000);
const rounds = 3;
const plain = { path: aRead.path, body: JSON.stringify(aRead.params) };

const neighbours = await startNeighbours();
const database = await createTestDatabase();
const off = await startMeasuredProxy(neighbours, { port: 24_003, settings: { FF_ASYNC: 'off' } });
const on = await startMeasuredProxy(neighbours, {
  port: 24_004,
  settings: { FF_ASYNC: 'on', DATABASE_URL: database.url },
});
try {
  for (const proxy of [off, on]) await proxy.call(calls / 4, () => plain);
  for (let round = 1; round <= rounds; round += 1) {
    printMeasured('FF_ASYNC=off', await off.call(calls, () => plain));
    printMeasured('FF_ASYNC=on', await on.call(calls, () => plain));
  }
} finally {
  await Promise.all([off.stop(), on.stop()]);
  await Promise.all([neighbours.close(), database.drop()]);
}
