import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { migrateToLatest } from '@4runr/service-kit/postgres';
import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { migrations } from '../../migrations/index.ts';
import { schemaName } from '../../src/store/database-schema.ts';
import { writeHistory } from '../fixtures/audit-history.ts';
import { createServiceDatabase, type ServiceDatabase } from '../fixtures/policy-service-under-test.ts';

let database: ServiceDatabase;
before(async () => {
  database = await createServiceDatabase();
});
after(() => database.drop());

const migrate = (wanted: Readonly<Record<string, Migration>>) =>
  migrateToLatest({ url: database.url, migrations: wanted, schema: schemaName });

const earlier = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0006'));

/** What the runbook has people run before the upgrade. */
function statementOfRunbook(): string {
  const runbook = new URL('../../../../docs/runbooks/upgrade-with-a-big-audit-trail.md', import.meta.url);
  const [, statement] = /^```sql\n(.*?)^```/ms.exec(readFileSync(runbook, 'utf8')) ?? [];
  assert.ok(statement);
  return statement;
}

interface Index {
  readonly name: string;
  readonly parent: string | null;
}

async function indexesOfPartitions(): Promise<readonly Index[]> {
  const { rows } = await sql<Index>`
    select indexrelid::regclass::text as name, parent.inhparent::regclass::text as parent
    from pg_inherits month
    join pg_index on indrelid = month.inhrelid
    left join pg_inherits parent on parent.inhrelid = indexrelid
    where month.inhparent = 'policy.audit_items'::regclass`.execute(database.kysely);
  return rows;
}

const isPrebuilt = ({ name }: Index) => name.includes('_for_');

describe('the upgrade of a big audit trail', () => {
  it('takes the indexes that were built before, by the runbook, and builds none again', async () => {
    await migrate(earlier);
    await writeHistory(database.kysely, 100, 2);
    const { rows } = await sql.raw<{ format: string }>(statementOfRunbook()).execute(database.kysely);
    for (const { format } of rows) await sql.raw(format).execute(database.kysely);
    const before = await indexesOfPartitions();
    await migrate(migrations);
    const after = await indexesOfPartitions();
    const prebuilt = after.filter(isPrebuilt);
    assert.equal(prebuilt.length, rows.length);
    assert.deepEqual(
      prebuilt.filter(({ parent }) => parent === null),
      [],
    );
    const known = new Set(before.map(({ name }) => name));
    assert.deepEqual(
      after.filter(({ name }) => !known.has(name)),
      [],
    );
  });
});
