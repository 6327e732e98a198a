import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import pg from 'pg';
import { baseSettings, followSetting, loadConfig, setting, text } from '../../src/config/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createDatabase } from '../../src/postgres/index.ts';
import { createTestDatabase, type TestDatabase } from '../../src/testing/index.ts';

const suffix = randomUUID().slice(0, 8);
const [owner, first, second] = [`owner_${suffix}`, `first_${suffix}`, `second_${suffix}`];
const folder = mkdtempSync(join(tmpdir(), '4runr-password-'));
const urlFile = join(folder, 'DATABASE_URL');
let testDatabase: TestDatabase;
let administrator: pg.Client;
let database: Kysely<unknown>;
let close: () => Promise<void>;

const admin = (statement: string) => administrator.query(statement);

/** As docs/runbooks/rotate-the-database-password.md says. */
async function makeLogin(name: string): Promise<void> {
  await admin(`create role ${name} login password 'of ${name}' in role ${owner}`);
  await admin(`alter role ${name} in database ${administrator.database} set role = ${owner}`);
}

function tell(login: string, password: string): void {
  const url = new URL(testDatabase.url);
  Object.assign(url, { username: login, password });
  writeFileSync(`${urlFile}.new`, `${url.href}\n`);
  renameSync(`${urlFile}.new`, urlFile);
}

before(async () => {
  testDatabase = await createTestDatabase();
  administrator = new pg.Client({ connectionString: testDatabase.url });
  await administrator.connect();
  await admin(`create role ${owner}`);
  await makeLogin(first);
  tell(first, `of ${first}`);
  const settings = {
    ...baseSettings(0),
    databaseUrl: setting('DATABASE_URL', text(), { secret: true, about: '' }),
  };
  const config = loadConfig(settings, { LOG_LEVEL: 'silent', DATABASE_URL_FILE: urlFile });
  const owned = createKit('test-service', config);
  close = owned.closeAll;
  database = createDatabase(owned.kit, { url: followSetting(config, 'databaseUrl'), poolMax: 2 });
});
after(async () => {
  await close?.();
  rmSync(folder, { recursive: true });
  await admin(`drop role ${first}, ${second}, ${owner}`);
  await administrator.end();
  await testDatabase.drop();
});

const whoAmI = async () => {
  const { rows } = await sql<{ login: string; role: string }>`
    select session_user as login, current_user as role`.execute(database);
  return rows[0];
};

/** Ends the connections that a login has, and waits until the pool has noticed. */
async function endSessionsOf(login: string): Promise<void> {
  await admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${login}'`);
  while ((await whoAmI().catch(() => undefined)) === undefined);
}

describe('a password of the database that changes under a service that runs', () => {
  it('is that of another login with the same role: not one query fails', async () => {
    assert.deepEqual(await whoAmI(), { login: first, role: owner });
    await makeLogin(second);
    tell(second, `of ${second}`);
    await Promise.all([whoAmI(), whoAmI()]);
    await admin(`alter role ${first} nologin`);
    assert.equal((await whoAmI())?.role, owner);
    await endSessionsOf(first);
    assert.deepEqual(await whoAmI(), { login: second, role: owner });
  });

  it('is the login’s own: open connections go on, new ones follow the file', async () => {
    await whoAmI();
    await admin(`alter role ${second} password 'another'`);
    assert.equal((await whoAmI())?.login, second);
    tell(second, 'another');
    await endSessionsOf(second);
    assert.equal((await whoAmI())?.login, second);
  });
});
