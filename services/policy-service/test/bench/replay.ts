/**
 * What replaying a call costs a replica, and what decisions made meanwhile notice of it.
 *
 *     node scripts/with-test-parts.ts node services/policy-service/test/bench/replay.ts
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallDecision } from '@4runr/contracts/audit';
import type { Facts } from '@4runr/contracts/decision';
import { type Replay, replaySchema } from '@4runr/contracts/replay';
import { createTestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import { settings } from '../../src/config.ts';
import { toAuditEntry } from '../../src/domain/audit-trail.ts';
import { createFactsSealer } from '../../src/domain/facts-sealer.ts';
import { insertAuditEntries } from '../../src/store/postgres-audit-store.ts';
import { newCall } from '../fixtures/audit-items.ts';
import { operatorOf } from '../fixtures/operating.ts';
import { startTokenIssuer } from '../fixtures/operator-tokens.ts';
import {
  createServiceDatabase,
  evaluate,
  questionOf,
  settingsFor,
} from '../fixtures/policy-service-under-test.ts';

const calls = 40_000;
const port = 24_003;
const url = `http://127.0.0.1:${port}`;

const database = await createServiceDatabase();
const redis = await createTestRedis();
await writeRevocationList(redis.client);
const tokens = await startTokenIssuer();
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const service = spawn(process.execPath, [main], {
  env: {
    ...settingsFor({ database: database.url, redis: redis.url }),
    AUTH_SERVICE_URL: tokens.url,
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    PORT: String(port),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await once(service.stdout, 'data');
  while (!(await fetch(`${url}/readyz`).catch(() => ({ ok: false }))).ok) await delay(50);
  await storeCalls();
  const alone = await latenciesUntil(delay(3_000));
  const cpuFrom = cpuMs();
  const startedAt = performance.now();
  await replayAll();
  const seconds = (performance.now() - startedAt) / 1_000;
  const costMicros = ((cpuMs() - cpuFrom) * 1_000) / calls;
  process.stdout.write(
    `${calls} calls: ${Math.round(calls / seconds)} per second, ${costMicros.toFixed(0)} µs of CPU each\n`,
  );
  const beside = await latenciesUntil(replayAll());
  process.stdout.write(`a decision, over HTTP: ${describe(alone)}; beside a replay ${describe(beside)}\n`);
} finally {
  service.kill('SIGKILL');
  await tokens.close();
  await redis.drop();
  await database.drop();
}

/** Searches and mails by turns, the latter with a recipient that is encrypted. */
async function storeCalls(): Promise<void> {
  const { number: revision } = await database.kysely
    .selectFrom('revision')
    .select('number')
    .executeTakeFirstOrThrow();
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
    const entries = decisions.map((decision) => toAuditEntry(decision, JSON.stringify(decision)));
    await insertAuditEntries(database.kysely, entries);
  }
}

async function replayAll(): Promise<void> {
  const operate = operatorOf(tokens, () => url);
  const policy = { name: 'closed', subjects: { roles: ['nobody'] }, deny: ['serpapi:search'] };
  const period = { from: '2026-01-01T00:00:00Z', to: '2100-01-01T00:00:00Z' };
  let evaluated = 0;
  let page: Replay | undefined;
  do {
    const cursor = page?.nextCursor == null ? {} : { cursor: page.nextCursor };
    const body = { policy, ...period, ...cursor };
    const response = await operate('/v1/policies/replay', { method: 'POST', body });
    page = replaySchema.parse(await response.json());
    evaluated += page.evaluated - page.undeterminable;
  } while (page.nextCursor !== null);
  if (evaluated < calls) throw new Error(`only ${evaluated} calls were decided anew`);
}

/** Milliseconds that decisions take, one after another, until something has ended. */
async function latenciesUntil(end: Promise<unknown>): Promise<number[]> {
  const latencies: number[] = [];
  let hasEnded = false;
  end.then(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    const startedAt = performance.now();
    await evaluate(url, questionOf('scraper', 'serpapi:search', { dryRun: true }));
    latencies.push(performance.now() - startedAt);
    await delay(2);
  }
  await end;
  return latencies.sort((a, b) => a - b);
}

function describe(latencies: readonly number[]): string {
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}

/** CPU time of the service so far, in milliseconds: clock ticks of user and system (proc(5)), a hundredth of a second each. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${service.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
