import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import pg from 'pg';
import {
  DatabaseUnfitError,
  ensureSchema,
  migrateToLatest,
  translateDatabaseError,
} from '../../src/postgres/index.ts';
import { createTestDatabase, createTestPool, type TestDatabase } from '../../src/testing/index.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.drop());

/** Each in a schema of its own, so that it is the only one there. */
async function migrate(schema: string, up: Migration['up'], lockTimeoutMs?: number): Promise<void> {
  const { url } = database;
  const migrations = { '0001-only': { up } };
  await migrateToLatest({
    url,
    migrations,
    schema,
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
  });
}

const run = (text: string) => (kysely: Kysely<unknown>) => sql.raw(text).execute(kysely) as Promise<unknown>;

async function execute(text: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(text);
  await client.end();
}

describe('migrations', () => {
  it('run once, however many replicas start together', async () => {
    let runs = 0;
    const up = async () => {
      runs += 1;
    };
    await Promise.all([migrate('once', up), migrate('once', up)]);
    assert.equal(runs, 1);
  });

  it('may take longer than any statement of a service, whatever the database sets for everybody', async () => {
    await execute(`alter database ${new URL(database.url).pathname.slice(1)} set statement_timeout = 100`);
    // Longer than the deadline of the services' own pools as well, which is 3.5 seconds.
    await migrate('long', async (kysely) => void (await run('select pg_sleep(3.6)')(kysely)));
  });

  it('do not wait for what others hold, so that nobody waits behind them, and leave nothing half done', async () => {
    await execute('create table held ()');
    const pool = createTestPool(database.url, 1);
    const holder = await pool.connect();
    await holder.query('begin; lock table held');
    const up = async (kysely: Kysely<unknown>) => {
      await run('create table begun ()')(kysely);
      await run('alter table held add column more text')(kysely);
    };
    const refused = await migrate('patient', up, 50).then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.equal(translateDatabaseError(refused)?.code, 'service.unavailable');
    await holder.query('commit');
    holder.release();
    await pool.end();
    await migrate('patient', up, 50);
  });
});

describe('a schema', () => {
  const first = { '0001-first': { up: async () => {} } };
  const both = { ...first, '0002-second': { up: async () => {} } };
  const ensure = (schema: string, migrations: typeof first, migratesAtStart: boolean) =>
    ensureSchema({ url: database.url, schema, migrations, migratesAtStart });

  it('that nobody has migrated is refused by who does not migrate, naming what it lacks', async () => {
    const refusal = (missing: string) => (error: unknown) => {
      assert.ok(error instanceof DatabaseUnfitError);
      assert.match(error.message, new RegExp(`the schema too_old is too old: it lacks ${missing}\\. `));
      return true;
    };
    await assert.rejects(ensure('too_old', both, false), refusal('0001-first, 0002-second'));
    await ensure('too_old', first, true);
    await assert.rejects(ensure('too_old', both, false), refusal('0002-second'));
    await ensure('too_old', both, true);
    await ensure('too_old', both, false);
  });

  it('that a later version has migrated serves the one before it, so that it can come back', async () => {
    assert.deepEqual(await migrateToLatest({ url: database.url, schema: 'newer', migrations: both }), [
      '0001-first',
      '0002-second',
    ]);
    await ensure('newer', first, true);
    await ensure('newer', first, false);
    assert.deepEqual(await migrateToLatest({ url: database.url, schema: 'newer', migrations: both }), []);
  });
});
