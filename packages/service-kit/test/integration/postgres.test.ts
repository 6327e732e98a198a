import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Kysely, sql } from 'kysely';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createDatabase, translateDatabaseError } from '../../src/postgres/index.ts';
import {
  createSeverableLink,
  createTestDatabase,
  type SeverableLink,
  type TestDatabase,
} from '../../src/testing/index.ts';

const owned = createKit('test-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
const poolMax = 2;
let testDatabase: TestDatabase;
let link: SeverableLink;
let database: Kysely<unknown>;

before(async () => {
  testDatabase = await createTestDatabase();
  link = await createSeverableLink(testDatabase.url);
  database = createDatabase(owned.kit, { url: link.url, poolMax, statementTimeoutMs: 100 });
});
after(async () => {
  await link.close();
  await owned.closeAll();
  await testDatabase.drop();
});

async function codeOf(query: Promise<unknown>): Promise<string | undefined> {
  const error = await query.then(
    () => assert.fail('the query went well'),
    (cause: unknown) => cause,
  );
  return translateDatabaseError(error)?.code;
}
const answer = () => sql<{ one: number }>`select 1 as one`.execute(database);

describe('postgres', () => {
  it('fails queries in flight when the connection is lost, refuses others meanwhile, and comes back', async () => {
    await answer();
    const waiting = codeOf(sql`select pg_sleep(0.09)`.execute(database));
    await answer();
    await link.sever();
    assert.equal(await waiting, 'service.unavailable');
    assert.equal(await codeOf(answer()), 'service.unavailable');
    await link.mend();
    assert.equal((await answer()).rows[0]?.one, 1);
  });

  it("refuses text that Postgres cannot hold as the client's fault", async () => {
    assert.equal(await codeOf(sql`select ${'a\u0000b'}::text`.execute(database)), 'request.invalid');
  });

  it('gives a connection up that says nothing, so that the next query gets another', async () => {
    await Promise.all(Array.from({ length: poolMax }, answer));
    link.silence();
    const silent = Array.from({ length: poolMax }, () => codeOf(answer()));
    for (const code of await Promise.all(silent)) assert.equal(code, 'service.unavailable');
    assert.equal((await answer()).rows[0]?.one, 1);
  });

  it('tells an ended session from a fault of the statement', async () => {
    assert.equal(await codeOf(sql`select no_such_column`.execute(database)), undefined);
    const ended = sql`select pg_terminate_backend(pg_backend_pid())`.execute(database);
    assert.equal(await codeOf(ended), 'service.unavailable');
  });
});
