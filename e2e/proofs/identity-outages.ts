/**
 * What identity is worth while its parts are away. auth-service is kept killed for a minute: calls with valid tokens go on,
 * and not one fails. The state Redis is frozen for 15 s: no decision can be recorded, so no call is made
 * (`policy.unavailable`), and once revocations are 10 s old no token is believed (`service.unavailable`); when Redis is back
 * calls go on without a restart.
 *
 * `npm run prove -- identity-outages [calls per second]`
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import { countOutcomes, type LoadOutcome, startOpenLoad } from './measure/open-load.ts';
import { freeze, keepKilled, untilSucceeds } from './measure/outage.ts';
import { withStack } from './measure/proof-stack.ts';

const [ratePerSecond = 100] = process.argv.slice(2).map(Number);
const authDownMs = 60_000;
const redisFrozenMs = 15_000;
/** No call is carried out from here on, and no token is believed once revocations are 10 s old (design sections 5 and 6). */
const closedAfterMs = 1_000;
const staleAfterMs = 10_500;

await withStack({ scale: { 'proxy-service': 2 } }, async (stack) => {
  const { edge: at, agents } = stack.describe();
  const edge = createEdgeClient({ url: at.https, caFile: at.ca });
  const token = await requestToken(edge, agents.scraper);
  const getsToken = () =>
    requestToken(edge, agents.scraper).then(
      () => true,
      () => false,
    );
  const load = startOpenLoad({
    url: at.http,
    path: '/v1/tools/serpapi/search',
    body: { q: 'outage' },
    ratePerSecond,
    token: () => token,
  });
  try {
    await proveAuthServiceIsNotInTheWay(stack, load.outcomes, getsToken);
    await proveRevocationFailsClosed(stack, load.outcomes);
  } finally {
    await load.stop();
    await edge.close();
  }
});

async function proveAuthServiceIsNotInTheWay(
  stack: Stack,
  outcomes: readonly LoadOutcome[],
  getsToken: () => Promise<boolean>,
): Promise<void> {
  const from = performance.now();
  const down = keepKilled(stack, 'auth-service', authDownMs);
  assert.equal(await getsToken(), false);
  await down;
  const healedMs = await untilSucceeds(getsToken, 10_000);
  const during = outcomes.filter(({ sentAt }) => sentAt >= from);
  console.log(`## auth-service killed for ${authDownMs / 1_000} s\n`);
  console.log(`Calls with a valid token meanwhile: ${countOutcomes(during)}. New tokens: none.`);
  console.log(`A new token ${(healedMs / 1_000).toFixed(1)} s after the last kill.\n`);
  assert.deepEqual(
    during.filter(({ outcome }) => outcome !== '200'),
    [],
  );
}

async function proveRevocationFailsClosed(stack: Stack, outcomes: readonly LoadOutcome[]): Promise<void> {
  const from = performance.now();
  await freeze(stack, 'redis-state', redisFrozenMs);
  const thawedAt = performance.now();
  const recoveredMs = await untilSucceeds(
    async () => outcomes.findLast(({ sentAt }) => sentAt > thawedAt)?.outcome === '200',
    10_000,
  );
  const between = (start: number, end: number) =>
    outcomes.filter(({ sentAt }) => sentAt >= from + start && sentAt < from + end);
  console.log(`## The state Redis frozen for ${redisFrozenMs / 1_000} s\n`);
  console.log('| seconds after | calls |\n|---|---|');
  for (let second = 0; second * 1_000 < performance.now() - from; second += 1) {
    console.log(`| ${second} | ${countOutcomes(between(second * 1_000, (second + 1) * 1_000))} |`);
  }
  console.log(`\nServed again ${(recoveredMs / 1_000).toFixed(1)} s after Redis.`);
  const isCarriedOut = ({ outcome }: LoadOutcome) => outcome === '200';
  assert.deepEqual(between(closedAfterMs, redisFrozenMs).filter(isCarriedOut), []);
  const stale = between(staleAfterMs, redisFrozenMs);
  assert.deepEqual([...new Set(stale.map(({ outcome }) => outcome))], ['service.unavailable']);
}
