/**
 * Many calls through a mesh of two replicas: what every service holds after a warm-up and at the end, and which keys Redis has
 * then. Memory that grows by more than a twentieth, or sockets and timers that grow with the calls, let it fail.
 *
 * `npm run prove -- soak [calls] [concurrency]`
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createEdgeClient, requestToken } from '@4runr/local-stack';
import { createClient } from '@redis/client';
import { Pool } from 'undici';
import { codeOf } from './measure/open-load.ts';
import { withStack } from './measure/proof-stack.ts';
import { callRepeatedly } from './measure/search-load.ts';
import { type Held, heldByService } from './measure/service-gauges.ts';

const [calls = 1_000_000, concurrency = 8] = process.argv.slice(2).map(Number);
/** Until V8's young generation has its size, and pools their connections. */
const warmUp = Math.max(1_000, Math.round(calls / 5));
const growthMax = 0.05;
/** Connections that come and go with the load. */
const resourcesMore = 4 * concurrency;
const samples = 5;
const renewEveryMs = 5 * 60_000;

const failures: string[] = [];

await withStack(
  { scale: { 'proxy-service': 2, 'policy-service': 2 }, environment: { OTEL_TRACES_SAMPLER_ARG: '0.1' } },
  async (stack) => {
    const { edge, agents, redis } = stack.describe();
    const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
    let token = await requestToken(client, agents.scraper);
    const renewal = setInterval(async () => {
      token = await requestToken(client, agents.scraper).catch(() => token);
    }, renewEveryMs);
    const pool = new Pool(edge.http, { connections: concurrency });
    const outcomes = new Map<string, number>();
    let made = 0;
    /** One in four is of the same search, which the cache has. */
    const call = async () => {
      made += 1;
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/tools/serpapi/search',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ q: made % 4 === 0 ? 'soak' : `soak ${made}` }),
      });
      const text = await body.text();
      const outcome = statusCode === 200 ? '200' : codeOf(text, statusCode);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    };
    try {
      await callRepeatedly(call, { count: warmUp, concurrency });
      const before = await settledHeld(() => heldByService(stack.describe()));
      const startedAt = performance.now();
      await callRepeatedly(call, { count: calls, concurrency });
      const seconds = (performance.now() - startedAt) / 1_000;
      const after = await settledHeld(() => heldByService(stack.describe()));
      console.log(
        `${calls} calls after a warm-up of ${warmUp}, ${concurrency} at a time, ${(calls / seconds).toFixed(0)}/s. ` +
          `Answers: ${[...outcomes].map(([outcome, count]) => `${outcome}: ${count}`).join(', ')}.\n`,
      );
      if ([...outcomes.keys()].some((outcome) => outcome !== '200')) failures.push('every call succeeds');
      report(before, after);
      for (const [name, url] of [
        ['state', redis.url],
        ['cache', redis.cacheUrl],
      ] as const)
        await reportKeys(name, url);
    } finally {
      clearInterval(renewal);
      await pool.close();
      await client.close();
    }
  },
);
for (const failure of failures) process.stderr.write(`not so: ${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** The least of some samples: what is held between collections of garbage. */
async function settledHeld(
  read: () => Promise<ReadonlyMap<string, Held>>,
): Promise<ReadonlyMap<string, Held>> {
  let least = await read();
  for (let sample = 1; sample < samples; sample += 1) {
    await delay(2_000);
    const next = await read();
    least = new Map([...least].map(([name, held]) => [name, lesser(held, next.get(name) ?? held)]));
  }
  return least;
}

function lesser(one: Held, other: Held): Held {
  return {
    residentMiB: Math.min(one.residentMiB, other.residentMiB),
    heapMiB: Math.min(one.heapMiB, other.heapMiB),
    resources: Math.min(one.resources, other.resources),
  };
}

function report(before: ReadonlyMap<string, Held>, after: ReadonlyMap<string, Held>): void {
  console.log('| service | resident, MiB | heap, MiB | sockets, timers, requests |\n|---|---|---|---|');
  for (const [name, first] of before) {
    const last = after.get(name) ?? first;
    const growth = last.residentMiB / first.residentMiB - 1;
    console.log(
      `| ${name} | ${first.residentMiB.toFixed(0)} -> ${last.residentMiB.toFixed(0)} (${(growth * 100).toFixed(1)} %) ` +
        `| ${first.heapMiB.toFixed(0)} -> ${last.heapMiB.toFixed(0)} | ${first.resources} -> ${last.resources} |`,
    );
    if (growth > growthMax) failures.push(`${name}: resident memory grows by less than 5 %`);
    if (last.resources > first.resources + resourcesMore)
      failures.push(`${name}: no resources are left behind`);
  }
}

/** How many keys of which kind: names without partition, and numbers and identifiers left out. */
async function reportKeys(name: string, url: string): Promise<void> {
  const client = createClient({ url });
  await client.connect();
  const kinds = new Map<string, number>();
  for await (const keys of client.scanIterator({ COUNT: 1_000 }))
    for (const key of keys) {
      const kind = key.replace(/^\{[^}]*\}:/, '').split(':')[0] ?? '';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  client.destroy();
  console.log(
    `\nKeys of the ${name} Redis, by kind: ${[...kinds].map(([kind, count]) => `${kind}: ${count}`).join(', ') || 'none'}.`,
  );
}
