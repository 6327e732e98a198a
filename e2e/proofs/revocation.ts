/**
 * How long a revoked token lives: with three proxy replicas under load, tokens and whole agents are revoked one after the
 * other, and each replica is asked again and again until it refuses. Measured from auth-service's answer to the last
 * replica's first refusal. A call that a replica lets pass after it has refused once fails the proof.
 *
 * `npm run prove -- revocation [revocations] [calls per second]`
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { createEdgeClient, requestToken } from '@4runr/local-stack';
import { Pool } from 'undici';
import { countOutcomes, startOpenLoad } from './measure/open-load.ts';
import { createOperator } from './measure/operator.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles } from './measure/quantiles.ts';

const [revocations = 200, ratePerSecond = 200] = process.argv.slice(2).map(Number);
const replicas = 3;
/** After a replica's first refusal it is asked this often again. */
const confirmations = 5;
const refusedWithinMs = 15_000;

await withStack({ scale: { 'proxy-service': replicas } }, async (stack) => {
  const described = stack.describe();
  const proxies = (described.services['proxy-service'] ?? []).map(({ url }) => new Pool(url));
  assert.equal(proxies.length, replicas);
  const edge = createEdgeClient({ url: described.edge.https, caFile: described.edge.ca });
  const operator = await createOperator(edge, described.operator);
  const loadToken = await requestToken(edge, described.agents.scraper);
  const load = startOpenLoad({
    url: described.edge.http,
    path: '/v1/tools/serpapi/search',
    body: { q: 'revocation' },
    ratePerSecond,
    token: () => loadToken,
  });

  const byToken: number[] = [];
  const byAgent: number[] = [];
  for (let done = 0; done < revocations; done += 1) {
    const agent = await operator.enrol('scraper');
    const token = await agent.token();
    for (const proxy of proxies) assert.equal(await statusAt(proxy, token), 200);
    const whole = done % 2 === 1;
    const watch = watchForRefusal(proxies, token);
    await (whole ? operator.revokeTokensOf(agent) : agent.revoke(token));
    const answeredAt = performance.now();
    (whole ? byAgent : byToken).push((await watch) - answeredAt);
    if (done % 50 === 49) process.stderr.write(`${done + 1} of ${revocations} revocations\n`);
  }
  await load.stop();
  assert.deepEqual(
    load.outcomes.filter(({ outcome }) => outcome !== '200'),
    [],
  );
  await Promise.all([...proxies.map((proxy) => proxy.close()), edge.close()]);

  console.log(`${replicas} proxy replicas, ${ratePerSecond} calls/s of another agent meanwhile.\n`);
  console.log(
    'From the answer to the revocation until the last replica refuses (below zero: it refused before the',
  );
  console.log('answer had arrived):\n');
  console.log('| revoked | times | until the last replica refuses |\n|---|---|---|');
  for (const [what, times] of [
    ['one token (RFC 7009)', byToken],
    ['all tokens of an agent (epoch)', byAgent],
    ['both', [...byToken, ...byAgent]],
  ] as const) {
    console.log(`| ${what} | ${times.length} | ${describeQuantiles(times, 'ms')} |`);
  }
  console.log(
    `\nNo replica let a call pass after it had refused one. The other agent's calls: ${countOutcomes(load.outcomes)}.`,
  );
});

async function statusAt(proxy: Pool, token: string): Promise<number> {
  const { statusCode, body } = await proxy.request({
    method: 'GET',
    path: '/v1/tools/serpapi',
    headers: { authorization: `Bearer ${token}` },
  });
  await body.dump();
  return statusCode;
}

/** Resolves with the time of the last replica's first refusal. */
async function watchForRefusal(proxies: readonly Pool[], token: string): Promise<number> {
  return Math.max(...(await Promise.all(proxies.map((proxy) => firstRefusal(proxy, token)))));
}

async function firstRefusal(proxy: Pool, token: string): Promise<number> {
  const until = performance.now() + refusedWithinMs;
  while ((await statusAt(proxy, token)) === 200) {
    assert.ok(performance.now() < until, `a replica took the token for ${refusedWithinMs} ms`);
    await delay(1);
  }
  const refusedAt = performance.now();
  for (let again = 0; again < confirmations; again += 1) assert.equal(await statusAt(proxy, token), 401);
  return refusedAt;
}
