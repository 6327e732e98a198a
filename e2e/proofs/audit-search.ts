/**
 * What a search of a large audit trail takes: `GET /v1/audit` through the edge, over ten million items in months of their own.
 * The proof fails when a page of an agent's day takes 200 ms or more at the 99th percentile, or when a day is not told whole.
 *
 * `npm run prove -- audit-search [items] [requests of each kind]`
 */
import assert from 'node:assert/strict';
import { type AuditList, auditListSchema } from '@4runr/contracts/audit';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import { Client } from 'pg';
import { Pool } from 'undici';
import { type AuditHistory, fillHistory, planHistory } from './measure/audit-history.ts';
import { auditSearches, busiest, createDayChooser, type Query } from './measure/audit-searches.ts';
import { cpuByPart } from './measure/cpu.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles, quantile } from './measure/quantiles.ts';

const [items = 10_000_000, requests = 500] = process.argv.slice(2).map(Number);
const months = 6;
const concurrency = 2;
const wholeDays = 25;
const goalMs = 200;

/** One page, and the milliseconds until it was read. */
type Ask = (query: Query) => Promise<{ ms: number; list: AuditList }>;

await withStack({}, async (stack) => {
  const database = new Client({ connectionString: stack.describe().postgres.url });
  // The stack that ends under it says why.
  database.on('error', () => {});
  await database.connect();
  const history = planHistory(items, months);
  await fillHistory(stack.describe().postgres.url, history);
  await describeTrail(database, history);
  const { ask, close } = await createAsker(stack);
  const dayP99 = await measureSearches(ask, stack, history);
  await measureDays(ask, database, history);
  await close();
  await database.end();
  assert.ok(dayP99 < goalMs, `an agent’s day: p99 ${dayP99} ms`);
});

async function createAsker(stack: Stack): Promise<{ ask: Ask; close(): Promise<void> }> {
  const { edge, operator } = stack.describe();
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const authorization = `Bearer ${await requestToken(client, operator)}`;
  await client.close();
  const pool = new Pool(edge.http, { connections: concurrency });
  const ask: Ask = async (query) => {
    const startedAt = performance.now();
    const path = `/v1/audit?${new URLSearchParams(query)}`;
    const { statusCode, body } = await pool.request({ method: 'GET', path, headers: { authorization } });
    const text = await body.text();
    const ms = performance.now() - startedAt;
    assert.equal(statusCode, 200, text);
    return { ms, list: JSON.parse(text) as AuditList };
  };
  return { ask, close: () => pool.close() };
}

/** @returns p99 of the first search, in milliseconds */
async function measureSearches(ask: Ask, stack: Stack, history: AuditHistory): Promise<number> {
  console.log(
    `${requests} pages of each search, ${concurrency} at a time, through the edge over plain HTTP.\n`,
  );
  console.log(
    '| search | items of a page (mean) | CPU of a page: policy-service, Postgres | latency of a page |',
  );
  console.log('|---|---|---|---|');
  const p99s: number[] = [];
  for (const [name, search] of Object.entries(auditSearches(history))) {
    const before = cpuByPart(stack.describe());
    const pages = await inParallel(requests, () => ask(search()));
    const after = cpuByPart(stack.describe());
    const usOf = (part: string) => ((after.get(part) ?? 0) - (before.get(part) ?? 0)) / requests;
    const cpu = ['policy-service', 'postgres']
      .map((part) => `${(usOf(part) / 1_000).toFixed(1)} ms`)
      .join(', ');
    const mean = pages.reduce((sum, { list }) => sum + list.items.length, 0) / pages.length;
    const latencies = pages.map(({ ms }) => ms);
    console.log(`| ${name} | ${mean.toFixed(1)} | ${cpu} | ${describeQuantiles(latencies, 'ms')} |`);
    auditListSchema.parse(pages[0]?.list);
    p99s.push(quantile(latencies, 0.99));
  }
  return p99s[0] ?? Number.NaN;
}

async function measureDays(ask: Ask, database: Client, history: AuditHistory): Promise<void> {
  const chooseDay = createDayChooser(history, 'whole days');
  const ofBusiest = () => ({ ...chooseDay(), ...busiest });
  console.log('\n| whole days, page by page | items of a day (mean) | latency of a page | of a day |');
  console.log('|---|---|---|---|');
  await measureWholeDays(ask, database, { name: 'an agent’s', chooseDay });
  await measureWholeDays(ask, database, { name: 'the busiest agent’s', chooseDay: ofBusiest });
}

/** From the first page to the last, one page at a time; each day is counted by Postgres too. */
async function measureWholeDays(
  ask: Ask,
  database: Client,
  { name, chooseDay }: { name: string; chooseDay: () => Query },
): Promise<void> {
  const days: Awaited<ReturnType<typeof readDay>>[] = [];
  for (let done = 0; done < wholeDays; done += 1) {
    const day = chooseDay();
    const told = await readDay(ask, day);
    const { rows } = await database.query<{ count: string }>(
      'select count(*) from policy.audit_items where agent = $1 and at >= $2 and at < $3',
      [day.agent, day.from, day.to],
    );
    assert.equal(told.items, Number(rows[0]?.count), JSON.stringify(day));
    days.push(told);
  }
  const mean = days.reduce((sum, day) => sum + day.items, 0) / days.length;
  const ofPages = describeQuantiles(
    days.flatMap(({ pages }) => pages),
    'ms',
  );
  const ofDays = days.map(({ pages }) => pages.reduce((sum, ms) => sum + ms, 0));
  console.log(`| ${name} | ${mean.toFixed(0)} | ${ofPages} | p50 ${quantile(ofDays, 0.5).toFixed(0)} ms |`);
}

/** Milliseconds of each page, and how many items there are on all; none comes twice. */
async function readDay(ask: Ask, day: Query): Promise<{ pages: number[]; items: number }> {
  const ids = new Set<string>();
  const pages: number[] = [];
  let items = 0;
  let cursor: string | null = null;
  do {
    const { ms, list } = await ask(cursor === null ? day : { ...day, cursor });
    pages.push(ms);
    items += list.items.length;
    for (const { id } of list.items) ids.add(id);
    cursor = list.nextCursor;
  } while (cursor !== null);
  assert.equal(ids.size, items, `an item twice: ${JSON.stringify(day)}`);
  return { pages, items };
}

async function inParallel<T>(count: number, work: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let left = count;
  async function worker(): Promise<void> {
    while (left > 0) {
      left -= 1;
      results.push(await work());
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results;
}

async function describeTrail(database: Client, history: AuditHistory): Promise<void> {
  const { rows } = await database.query<{ name: string; bytes: string }>(`
    select parent.relname as name, sum(pg_relation_size(inhrelid)) as bytes from pg_inherits
    join pg_class as parent on parent.oid = inhparent where parent.relname like 'audit_items%'
    group by parent.relname order by bytes desc`);
  const count = await database.query<{ count: string }>('select count(*) from policy.audit_items');
  const sizes = rows.map(({ name, bytes }) => `\`${name}\` ${(Number(bytes) / 2 ** 30).toFixed(2)}`);
  console.log(`${count.rows[0]?.count} items in ${history.months} months. GiB: ${sizes.join(', ')}.\n`);
}
