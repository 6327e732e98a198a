/**
 * What replaying a call costs a replica, and what decisions that are made meanwhile notice of it: rounds alone and beside a replay by turns,
 * so that what else the machine does hits both.
 *
 *     node scripts/with-test-parts.ts node services/policy-service/test/bench/replay.ts [decisions a second] [rounds] [seconds] [calls]
 */
import type { CallDecision } from '@4runr/contracts/audit';
import type { Facts } from '@4runr/contracts/decision';
import { type Replay, replaySchema } from '@4runr/contracts/replay';
import { settings } from '../../src/config.ts';
import { toAuditEntry } from '../../src/domain/audit-trail.ts';
import { createFactsSealer } from '../../src/domain/facts-sealer.ts';
import { insertAuditEntries } from '../../src/store/postgres-audit-store.ts';
import { newCall } from '../fixtures/audit-items.ts';
import { operatorOf } from '../fixtures/operating.ts';
import { startTokenIssuer } from '../fixtures/operator-tokens.ts';
import { questionOf } from '../fixtures/policy-service-under-test.ts';
import {
  addTimes,
  between,
  type DecisionTimes,
  quantileOf,
  readDecisionTimes,
} from './load/decision-times.ts';
import { askAtRate } from './load/open-load.ts';
import { startServiceProcess } from './load/service-process.ts';

const [ratePerSecond = 200, rounds = 4, seconds = 5, calls = 40_000] = process.argv.slice(2).map(Number);

const tokens = await startTokenIssuer();
const service = await startServiceProcess({
  port: 24_003,
  documents: [{ name: 'scraper', subjects: { roles: ['scraper'] }, allow: ['serpapi:search'] }],
  environment: { AUTH_SERVICE_URL: tokens.url },
});
try {
  await storeCalls();
  await measureCost();
  const alone = createSeries();
  const beside = createSeries();
  for (let round = 0; round < rounds; round += 1) {
    await alone.measure();
    let isWanted = true;
    const replaying = replayWhile(() => isWanted);
    await beside.measure();
    isWanted = false;
    await replaying;
  }
  console.log(
    `${ratePerSecond} decisions a second, ${rounds} rounds of ${seconds} s each: p50 and p99 in the service, as a caller sees it`,
  );
  console.log(`alone: ${alone.describe()}`);
  console.log(`beside a replay: ${beside.describe()}`);
} finally {
  await service.stop();
  await tokens.close();
}

/** Decisions at the rate, round after round. */
function createSeries(): { measure(): Promise<void>; describe(): string } {
  let times: DecisionTimes = new Map();
  let latencies: number[] = [];
  let failed = 0;
  return {
    async measure() {
      const before = await readDecisionTimes(service.url);
      const question = () =>
        questionOf('scraper', 'serpapi:search', { params: { q: 'tea' }, requestBytes: 11 });
      const asked = await askAtRate({ url: service.url, ratePerSecond, seconds, question });
      latencies = latencies.concat(asked.latencies);
      failed += asked.failed;
      times = addTimes(times, between(before, await readDecisionTimes(service.url)));
    },
    describe() {
      const sorted = latencies.toSorted((a, b) => a - b);
      const seen = [0.5, 0.99].map(
        (q) => `${(sorted[Math.ceil(sorted.length * q) - 1] ?? Number.NaN).toFixed(2)} ms`,
      );
      const inside = [0.5, 0.99].map((q) => `${quantileOf(times, q).toFixed(2)} ms`);
      return `${inside.join(', ')}; ${seen.join(', ')}; ${failed} failed`;
    },
  };
}

async function measureCost(): Promise<void> {
  const cpuBefore = service.cpuMs();
  const startedAt = performance.now();
  const evaluated = await replayAll(() => true);
  if (evaluated < calls) throw new Error(`only ${evaluated} calls were decided anew`);
  const perSecond = Math.round((evaluated * 1_000) / (performance.now() - startedAt));
  const costMicros = ((service.cpuMs() - cpuBefore) * 1_000) / evaluated;
  console.log(`${evaluated} calls: ${perSecond} per second, ${costMicros.toFixed(0)} µs of CPU each`);
}

/** One replay after another, a page that nobody wants any more being the last. */
async function replayWhile(isWanted: () => boolean): Promise<void> {
  while (isWanted()) await replayAll(isWanted);
}

/** Searches and mails by turns, the latter with a recipient that is encrypted. */
async function storeCalls(): Promise<void> {
  const { kysely } = service.database;
  const { number: revision } = await kysely.selectFrom('revision').select('number').executeTakeFirstOrThrow();
  const sealer = createFactsSealer(Buffer.from(settings.auditKey.default ?? '', 'base64'));
  const facts: Facts = { url: [], model: [], recipient: ['ada@company.com'] };
  const decisionOf = (index: number): CallDecision => {
    const { decision } = newCall({ agent: `agt_${index % 100}`, quota: [] });
    const basis = { revision, at: decision.at };
    if (index % 2 === 0) return { ...decision, basis };
    const sealed = {
      facts: { ...facts, recipient: ['*@company.com'] },
      sealedFacts: sealer.seal(facts, decision.id),
    };
    return { ...decision, basis, role: 'engager', tool: 'gmail_send', action: 'send', ...sealed };
  };
  for (let first = 0; first < calls; first += 1_000) {
    const decisions = Array.from({ length: 1_000 }, (_, index) => decisionOf(first + index));
    const entries = decisions.map((decision) => toAuditEntry(decision));
    await insertAuditEntries(kysely, entries);
  }
}

/** @returns how many calls were decided anew */
async function replayAll(isWanted: () => boolean): Promise<number> {
  const operate = operatorOf(tokens, () => service.url);
  const policy = { name: 'closed', subjects: { roles: ['nobody'] }, deny: ['serpapi:search'] };
  const period = { from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  let evaluated = 0;
  let page: Replay | undefined;
  do {
    const cursor = page?.nextCursor == null ? {} : { cursor: page.nextCursor };
    const response = await operate('/v1/policies/replay', {
      method: 'POST',
      body: { policy, ...period, ...cursor },
    });
    page = replaySchema.parse(await response.json());
    evaluated += page.evaluated - page.undeterminable;
  } while (page.nextCursor !== null && isWanted());
  return evaluated;
}
