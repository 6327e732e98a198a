/**
 * What providers that fail do to calls: faults of 30 % timeouts, 25 % errors and 20 % latency by turns, then of 100 % of each, at a
 * fixed rate of searches, while two other tools are called as well.
 *
 * `npm run prove -- faults [seconds of faults by turns] [searches per second]`
 */
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { isProblemCode } from '@4runr/contracts/problem';
import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { partialFaults, type TotalFault, totalFaults } from './measure/fault-rows.ts';
import { createFaultSetter, type FaultSetter } from './measure/fault-setter.ts';
import { countOutcomes, type LoadOutcome, type OpenLoad, startOpenLoad } from './measure/open-load.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles, quantile, quantileInterval } from './measure/quantiles.ts';

const [mixedSeconds = 60, ratePerSecond = 20] = process.argv.slice(2).map(Number);
const turnMs = 4_000;
const quietMs = 30_000;
const opensWithinMs = 200;
const fastFailWithinMs = 20;
const savedMin = 0.7;
/** How long every call succeeds until a tool counts as recovered. */
const calmMs = 4_000;

const failures: string[] = [];
const check = (holds: boolean, what: string) => void (holds || failures.push(what));

await withStack({ environment: { FF_CHAOS: 'on', TOKEN_RATE_CLIENT: '0' } }, async (stack) => {
  const described = stack.describe();
  const faults = await createFaultSetter(described);
  const callers = await createCallers(described);
  const healthy = callers.healthy();
  const quietSearches = callers.search({});
  await delay(quietMs);
  await quietSearches.stop();
  const quietUntil = performance.now();
  note('nothing fails: done');

  const mixed = await failByTurns(faults, callers);
  note('faults by turns: done');
  const rows: TotalRow[] = [];
  for (const total of totalFaults) {
    rows.push(await failTotally(described, { faults, callers, total }));
    note(`${total.fault.mode}: done`);
  }
  await Promise.all(healthy.map(({ load }) => load.stop()));
  report({ mixed, rows, healthy, quietUntil });
});

for (const failure of failures) process.stderr.write(`not so: ${failure}\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

interface Callers {
  search(headers: Readonly<Record<string, string>>): OpenLoad;
  healthy(): readonly { readonly name: string; readonly load: OpenLoad }[];
}

async function createCallers({ edge, agents }: StackFile): Promise<Callers> {
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const [scraper, enricher] = await Promise.all(
    [agents.scraper, agents.enricher].map((agent) => requestToken(client, agent)),
  );
  await client.close();
  const start = (path: string, body: object, token = '', headers = {}) =>
    startOpenLoad({
      ...{ url: edge.http, path: `/v1/tools/${path}`, body, ratePerSecond, token: () => token },
      // Providers are asked, whatever is kept of their answers.
      headers: { 'cache-control': 'no-store', ...headers },
      headersTimeout: 140_000,
    });
  const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
  return {
    search: (headers) => start('serpapi/search', { q: 'faults' }, scraper, headers),
    healthy: () => [
      { name: 'http_fetch:get', load: start('http_fetch/get', { url: 'https://example.com/' }, scraper) },
      { name: 'openai:chat', load: start('openai/chat', chat, enricher) },
    ],
  };
}

async function failByTurns(faults: FaultSetter, callers: Callers): Promise<readonly LoadOutcome[]> {
  const load = callers.search({});
  const until = performance.now() + mixedSeconds * 1_000;
  for (let turn = 0; performance.now() < until; turn += 1) {
    const fault = partialFaults[turn % partialFaults.length];
    if (fault !== undefined) await faults.set('serpapi', fault);
    await delay(turnMs);
  }
  await faults.clear('serpapi');
  await load.stop();
  return load.outcomes;
}

interface TotalRow {
  readonly total: TotalFault;
  readonly outcomes: readonly LoadOutcome[];
  readonly openedAfterMs: number;
  readonly fastFails: readonly number[];
  readonly recoveredAfterMs: number;
}

async function failTotally(
  described: StackFile,
  parts: { readonly faults: FaultSetter; readonly callers: Callers; readonly total: TotalFault },
): Promise<TotalRow> {
  const { faults, callers, total } = parts;
  const { fault, waitSeconds } = total;
  const load = callers.search({ prefer: `wait=${waitSeconds}` });
  // What hung in the row before may have opened the breaker when it ended.
  await untilCalm(load, performance.now());
  const hitsBefore = await hitsOf(described, fault.mode);
  const failingSince = performance.now();
  await faults.set('serpapi', fault);
  const reachedByHit = await untilTenHits(described, fault.mode, hitsBefore);
  const fastFail = await untilFound(load, (each) => isFastFail(each) && each.sentAt >= failingSince);
  // Long enough for several probes.
  await delay(10_000);
  await faults.clear('serpapi');
  const clearedAt = performance.now();
  await untilCalm(load, clearedAt);
  await load.stop();
  const answers = load.outcomes
    .filter(({ sentAt, outcome }) => sentAt >= failingSince && outcome === 'upstream.timeout')
    .map(endOf)
    .toSorted((a, b) => a - b);
  const reachedAt = total.thresholdBy === 'hit' ? reachedByHit : (answers[9] ?? Number.NaN);
  const lastFailure = load.outcomes
    .filter(({ sentAt, outcome }) => sentAt >= clearedAt && outcome !== '200')
    .map(endOf)
    .reduce((last, at) => Math.max(last, at), clearedAt);
  return {
    total,
    outcomes: load.outcomes,
    openedAfterMs: endOf(fastFail) - reachedAt,
    fastFails: load.outcomes
      .filter((each) => isFastFail(each) && each.sentAt >= failingSince)
      .map(({ ms }) => ms),
    recoveredAfterMs: lastFailure - clearedAt,
  };
}

function isFastFail({ outcome }: LoadOutcome): boolean {
  return outcome === 'breaker.open';
}

function endOf({ sentAt, ms }: LoadOutcome): number {
  return sentAt + ms;
}

async function untilTenHits(described: StackFile, mode: string, before: number): Promise<number> {
  while ((await hitsOf(described, mode)) < before + 10) await delay(5);
  return performance.now();
}

async function hitsOf({ simulator }: StackFile, mode: string): Promise<number> {
  const counts = await (await fetch(`${simulator?.url}/_sim/counts`)).json();
  const { items } = counts as { items: { provider: string; faults: Record<string, number> }[] };
  return items
    .filter(({ provider }) => provider === 'serpapi')
    .reduce((sum, item) => sum + (item.faults[mode] ?? 0), 0);
}

async function untilFound(load: OpenLoad, is: (outcome: LoadOutcome) => boolean): Promise<LoadOutcome> {
  for (;;) {
    const found = load.outcomes.find(is);
    if (found !== undefined) return found;
    await delay(5);
  }
}

/** Until no call has failed for a while that was sent since. @throws Error after half a minute */
async function untilCalm(load: OpenLoad, since: number): Promise<void> {
  for (let calmSince = since; performance.now() - calmSince < calmMs; await delay(50)) {
    const failed = load.outcomes.findLast(({ sentAt, outcome }) => sentAt >= since && outcome !== '200');
    if (failed !== undefined) calmSince = Math.max(calmSince, endOf(failed));
    assert.ok(performance.now() - since < 30_000, 'it does not recover');
  }
}

function report(result: {
  readonly mixed: readonly LoadOutcome[];
  readonly rows: readonly TotalRow[];
  readonly healthy: readonly { readonly name: string; readonly load: OpenLoad }[];
  readonly quietUntil: number;
}): void {
  reportMixed(result.mixed);
  reportTotal(result.rows);
  reportHealthy(result);
}

function reportMixed(outcomes: readonly LoadOutcome[]): void {
  const saved = outcomes.filter(({ outcome, attempts = 1 }) => outcome === '200' && attempts > 1).length;
  const lost = outcomes.filter(({ outcome }) => outcome !== '200').length;
  const unnamed = outcomes.filter(({ outcome }) => outcome !== '200' && !isProblemCode(outcome)).length;
  const share = saved / (saved + lost);
  console.log(
    `Searches at ${ratePerSecond} a second.\n\n## 30 % timeouts, 25 % errors, 20 % latency by turns\n`,
  );
  console.log(
    `${outcomes.length} calls: ${countOutcomes(outcomes)}. Answers that section 8 does not name: ${unnamed}.`,
  );
  console.log(
    `Of ${saved + lost} calls whose first attempt failed, ${saved} succeeded in the end: ${(share * 100).toFixed(1)} %.\n`,
  );
  check(unnamed === 0, 'every answer is one that section 8 names');
  check(share > savedMin, 'more than 70 % of calls hit by a fault succeed');
}

function reportTotal(rows: readonly TotalRow[]): void {
  console.log('## 100 % of each\n');
  console.log('| fault | open, after the threshold | fast fails | recovered, after the end | calls |');
  console.log('|---|---|---|---|---|');
  for (const { total, openedAfterMs, fastFails, recoveredAfterMs, outcomes } of rows) {
    const { mode } = total.fault;
    console.log(
      `| ${mode} | ${openedAfterMs.toFixed(0)} ms | ${fastFails.length}: ${describeQuantiles(fastFails, 'ms')} | ${(recoveredAfterMs / 1_000).toFixed(2)} s | ${countOutcomes(outcomes)} |`,
    );
    // Threshold and opening are seen by polling and by answers: a little apart, in either order.
    check(Math.abs(openedAfterMs) < opensWithinMs, `${mode}: open within ${opensWithinMs} ms`);
    check(quantile(fastFails, 0.99) < fastFailWithinMs, `${mode}: fast fails under ${fastFailWithinMs} ms`);
    check(recoveredAfterMs < total.recoversWithinMs, `${mode}: recovery within ${total.recoversWithinMs} ms`);
  }
}

function reportHealthy({
  healthy,
  quietUntil,
}: Pick<Parameters<typeof report>[0], 'healthy' | 'quietUntil'>): void {
  console.log('\n## Other tools meanwhile\n');
  console.log(
    '| tool | failures | p99 before (95 % interval) | p99 meanwhile (95 % interval) |\n|---|---|---|---|',
  );
  for (const { name, load } of healthy) {
    const failed = load.outcomes.filter(({ outcome }) => outcome !== '200').length;
    const times = (is: (outcome: LoadOutcome) => boolean) => load.outcomes.filter(is).map(({ ms }) => ms);
    const before = times(({ sentAt }) => sentAt < quietUntil);
    const meanwhile = times(({ sentAt }) => sentAt >= quietUntil);
    console.log(
      `| ${name} | ${failed} of ${load.outcomes.length} | ${describe(before)} | ${describe(meanwhile)} |`,
    );
    check(failed === 0, `${name}: no failure`);
    check(
      quantileInterval(meanwhile, 0.99)[0] <= quantileInterval(before, 0.99)[1],
      `${name}: p99 within noise`,
    );
  }
}

function describe(ms: readonly number[]): string {
  const [low, high] = quantileInterval(ms, 0.99);
  return `${quantile(ms, 0.99).toFixed(1)} ms (${low.toFixed(1)}–${high.toFixed(1)}), n = ${ms.length}`;
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
