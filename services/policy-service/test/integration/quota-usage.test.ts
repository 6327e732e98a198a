import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CounterReading, QuotaCounter } from '@4runr/decision-ledger';
import { sql } from 'kysely';
import { makePartitions } from '../../src/store/audit-partitions.ts';
import { prepareDatabase } from '../../src/store/prepare-database.ts';
import { sumQuotaUsage, usageStatement } from '../../src/store/sum-quota-usage.ts';
import { explain, readIndexParents } from '../fixtures/explained.ts';
import { createServiceDatabase, type ServiceDatabase } from '../fixtures/policy-service-under-test.ts';

const calls = 30_000;
const minuteMs = 60_000;
/** A call a second, the newest now. */
const newestMs = Math.floor(Date.now() / 1_000) * 1_000;

let database: ServiceDatabase;
before(async () => {
  database = await createServiceDatabase();
  await prepareDatabase({ database: database.kysely, url: database.url }, []);
  const oldest = new Date(newestMs - calls * 1_000);
  await makePartitions(database.kysely, [oldest, new Date(newestMs)]);
  await writeCalls();
});
after(() => database.drop());

/** Every third call is of `agt_0`, the others of two thousand agents; every second takes of a quota of each, 2 and 3. */
async function writeCalls(): Promise<void> {
  await sql`
    insert into policy.audit_items (id, at, kind, agent, tool, action, outcome, body)
    select 'call_' || n, to_timestamp((${newestMs}::bigint - n * 1000) / 1000.0), 'call',
      'agt_' || case when n % 3 = 0 then 0 else n % 2000 end, 'serpapi', 'search', 'completed',
      jsonb_build_object('role', 'reader') || case when n % 2 = 0 then jsonb_build_object('taken', jsonb_build_array(
        jsonb_build_object('key', 'own', 'per', 'agent', 'amount', 2, 'takenMs', at_ms, 'countedMs', at_ms),
        jsonb_build_object('key', 'all', 'per', 'role', 'amount', 3, 'takenMs', at_ms, 'countedMs', at_ms)
      )) else '{}' end
    from (select n, ${newestMs}::bigint - n * 1000 as at_ms from generate_series(0, ${calls - 1}) as n) as call`.execute(
    database.kysely,
  );
  await sql`analyze policy.audit_items`.execute(database.kysely);
}

const ofAgent: QuotaCounter = {
  key: 'own',
  per: 'agent',
  holder: 'agt_0',
  algorithm: 'sliding',
  cost: 'calls',
  windowMs: 60 * minuteMs,
  counts: 'counts',
  text: 'text',
  comparedMs: 0,
};
const ofRole: QuotaCounter = { ...ofAgent, key: 'all', per: 'role', holder: 'reader' };

/** Of the last minutes. */
const readingOf = (minutes: number): CounterReading => ({
  atMs: newestMs + 1,
  sinceMs: newestMs - minutes * minuteMs + 1,
  used: 0,
});

const sum = (
  counter: QuotaCounter,
  minutes: number,
  limits: { callsMax?: number; pageCalls?: number } = {},
) =>
  sumQuotaUsage(database.kysely, {
    counter,
    reading: readingOf(minutes),
    callsMax: 100_000,
    ...limits,
  });

describe('what the trail says that was used of a quota', () => {
  it('is the same wherever a page ends', async () => {
    for (const pageCalls of [1, 7, 10, 20_000]) {
      assert.deepEqual((await sum(ofAgent, 1, { pageCalls })).usage, { least: 20, most: 20 });
      assert.deepEqual((await sum(ofRole, 1, { pageCalls })).usage, { least: 90, most: 90 });
    }
  });

  it('is not known where there are more calls than may be looked at', async () => {
    const { usage, calls: lookedAt } = await sum(ofRole, 10, { pageCalls: 50, callsMax: 100 });
    assert.deepEqual([usage, lookedAt], ['more', 100]);
  });

  it('is looked for along the index of its holder, and in no call of others', async () => {
    const parentOf = await readIndexParents(database.kysely);
    const rows = [
      [ofAgent, 'audit_items_agent'],
      [{ ...ofAgent, holder: 'agt_7' }, 'audit_items_agent'],
      [ofRole, 'audit_items_role_quota'],
    ] as const;
    for (const [counter, index] of rows) {
      for (const minutes of [1, 60, 500]) {
        const statement = usageStatement(
          { counter, reading: readingOf(minutes), pageCalls: 1_000 },
          undefined,
        );
        const scans = await explain(database.kysely, statement);
        assert.deepEqual([...new Set(scans.map((scan) => parentOf.get(scan) ?? scan))], [index]);
      }
    }
  });
});
