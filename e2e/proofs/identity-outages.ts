/**
 * What identity is worth while its parts are away. auth-service is kept killed for a minute: calls with valid tokens go on,
 * and not one fails. The state Redis is frozen for 15 s: until revocations are 10 s old calls go on, then every call fails
 * closed, and when Redis is back they go on again without a restart.
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
/** Older revocations fail every call closed (design section 5). */
const staleAfterMs = 10_000;

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
  const closed = between(staleAfterMs + 500, redisFrozenMs);
  const firstRefusal = outcomes.find(({ sentAt, outcome }) => sentAt >= from && outcome !== '200');
  console.log(`## The state Redis frozen for ${redisFrozenMs / 1_000} s\n`);
  console.log('| seconds after | calls |\n|---|---|');
  for (let second = 0; second * 1_000 < performance.now() - from; second += 1) {
    console.log(`| ${second} | ${countOutcomes(between(second * 1_000, (second + 1) * 1_000))} |`);
  }
  const refusedAfter = (((firstRefusal?.sentAt ?? Number.NaN) - from) / 1_000).toFixed(1);
  console.log(
    `\nFirst refusal after ${refusedAfter} s; served again ${(recoveredMs / 1_000).toFixed(1)} s after Redis.`,
  );
  assert.deepEqual(
    closed.filter(({ outcome }) => outcome === '200'),
    [],
  );
}
