import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { sql } from 'kysely';
import { dropPartitions, makePartitions } from '../../src/store/audit-partitions.ts';
import { prepareDatabase } from '../../src/store/prepare-database.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
beforeEach(async () => {
  database = await createServiceDatabase();
  await prepareDatabase({ database: database.kysely, url: database.url }, []);
});
afterEach(() => database.drop());

async function partitions(): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select inhrelid::regclass::text as name from pg_inherits
    where inhparent = 'policy.audit_items'::regclass order by 1`.execute(database.kysely);
  return rows.map(({ name }) => name.replace(/^policy\./, ''));
}

async function store(id: string, at: string): Promise<void> {
  const row = { id, at: new Date(at), kind: 'call', agent: null, tool: null, action: null, outcome: null };
  await database.kysely
    .insertInto('audit_items')
    .values({ ...row, body: '{}' })
    .execute();
}

async function ids(): Promise<readonly string[]> {
  const rows = await database.kysely.selectFrom('audit_items').select('id').orderBy('at').execute();
  return rows.map(({ id }) => id);
}

const monthOf = (date: Date) => `audit_items_${date.toISOString().slice(0, 7).replace('-', '_')}`;

describe('partitions of the audit trail', () => {
  it('hold a month each, by UTC, to the millisecond', async () => {
    await makePartitions(database.kysely, [new Date('2025-10-09Z'), new Date('2025-12-31T23:59:59.999Z')]);
    assert.deepEqual(await partitions(), ['audit_items_2025_10', 'audit_items_2025_12']);
    await store('first', '2025-10-01T00:00:00.000Z');
    await store('last', '2025-10-31T23:59:59.999Z');
    await store('eve', '2025-12-31T23:59:59.999Z');
    await assert.rejects(store('between', '2025-11-01T00:00:00.000Z'), { code: '23514' });
  });

  it('are made once by replicas that come together, also in another time zone', async () => {
    await sql`set timezone to 'Pacific/Auckland'`.execute(database.kysely);
    const moments = ['2025-01-31T23:00:00Z', '2025-02-01T00:00:00Z', '2025-01-01T00:00:00Z'];
    const dates = moments.map((moment) => new Date(moment));
    await Promise.all([1, 2, 3].map(() => makePartitions(database.kysely, dates)));
    assert.deepEqual(await partitions(), ['audit_items_2025_01', 'audit_items_2025_02']);
    for (const moment of moments) await store(moment, moment);
    assert.equal((await ids()).length, 3);
  });

  it('are dropped when nothing in them is as new as the moment given', async () => {
    const months = ['2024-12-31Z', '2025-01-31Z', '2025-02-28Z'].map((day) => new Date(day));
    await makePartitions(database.kysely, months);
    for (const month of months) await store(month.toISOString(), month.toISOString());
    const dropped = await dropPartitions(database.kysely, new Date('2025-01-31T23:59:59.999Z'));
    assert.deepEqual(dropped, ['audit_items_2024_12']);
    assert.deepEqual(await partitions(), ['audit_items_2025_01', 'audit_items_2025_02']);
    assert.deepEqual(await dropPartitions(database.kysely, new Date('2025-02-01Z')), ['audit_items_2025_01']);
    assert.deepEqual(await ids(), ['2025-02-28T00:00:00.000Z']);
  });
});

describe('a service that starts', () => {
  it('makes the partitions of this month and the next, and drops what is older than AUDIT_RETENTION_DAYS', async () => {
    const day = 86_400_000;
    const now = new Date();
    const kept = new Date(now.getTime() - 40 * day);
    await makePartitions(database.kysely, [new Date(now.getTime() - 200 * day), kept]);
    const service = await startPolicyService(database.url, { AUDIT_RETENTION_DAYS: '60' });
    try {
      const next = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1));
      const expected = [...new Set([kept, now, next].map(monthOf))].sort();
      await eventually(async () => (await partitions()).join() === expected.join(), 10_000);
    } finally {
      await service.stop();
    }
  });
});
