import assert from 'node:assert/strict';
import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { Client } from 'pg';
import { type PostgresOptions, type PreparedPostgres, preparePostgres } from '../src/parts/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { killHard, partOptions, running } from './parts-under-test.ts';

const isRoot = process.getuid?.() === 0;

describe('Postgres of the stack', () => {
  it('gives each service a schema of its own that no other service can read', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'postgres');
    using postgres = await prepared(options);
    await using _server = await running(postgres.spec);
    const auth = await postgres.ensureServiceRole({ database: 'gateway', role: 'auth' });
    const policy = await postgres.ensureServiceRole({ database: 'gateway', role: 'policy' });

    await query(auth, 'CREATE TABLE secrets (id int)');
    assert.deepEqual(await query(auth, 'SELECT * FROM auth.secrets'), []);
    await assert.rejects(query(policy, 'SELECT * FROM auth.secrets'), /permission denied for schema auth/);
    await assert.rejects(
      query(policy, 'CREATE TABLE public.mine (id int)'),
      /permission denied for schema public/,
    );
    await assert.rejects(query(policy, 'CREATE SCHEMA mine'), /permission denied for database/);
    await assert.rejects(
      query(auth.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1'),
      /password authentication failed/,
    );
  });

  it('keeps its data and passwords over kill -9, also when another process has got its pid', async () => {
    using folder = temporaryFolder();
    using part = await partOptions(folder.path, 'postgres');
    const options = { ...part, durable: true };
    using first = await prepared(options);
    const server = await running(first.spec);
    const url = await first.ensureServiceRole({ database: 'gateway', role: 'auth' });
    await query(url, "CREATE TABLE kept AS SELECT 'still here' AS text");
    await killHard(server);
    const dataDir = first.spec.args[1] ?? '';
    writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);

    using second = await prepared(options);
    await using _again = await running(second.spec);
    assert.equal(await second.ensureServiceRole({ database: 'gateway', role: 'auth' }), url);
    assert.deepEqual(await query(url, 'SELECT * FROM kept'), [{ text: 'still here' }]);
  });

  it('ends a server that a killed stack left running on the same data', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'postgres');
    const left = await running((await preparePostgres(options)).spec);
    using postgres = await prepared(options);
    assert.deepEqual(await left.exited, { code: 0, signal: null });
    await using _again = await running(postgres.spec);
  });

  it('keeps its passwords from other users', async () => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'postgres');
    using postgres = await prepared(options);
    const dataParent = dirname(postgres.spec.args[1] ?? '');
    const modes = [dataParent, join(dataParent, 'passwords.json')].map((path) => statSync(path).mode & 0o777);
    assert.deepEqual(modes, [0o700, 0o600]);
    const { password } = new URL(postgres.adminUrl);
    assert.ok(!postgres.spec.args.join(' ').includes(password));
  });

  it('runs as root’s child in a folder that only root can enter', { skip: !isRoot }, async () => {
    using folder = temporaryFolder();
    chmodSync(folder.path, 0o700);
    using options = await partOptions(join(folder.path, 'state'), 'postgres');
    using postgres = await prepared({ ...options, cacheDir: join(folder.path, 'cache') });
    await using _server = await running(postgres.spec);
    assert.match(postgres.spec.args[1] ?? '', /^\/var\/lib\/4runr-gateway\/[0-9a-f]{16}\//);
  });
});

/** Prepared for tests; at the end of the scope its data are gone. */
async function prepared(options: PostgresOptions): Promise<PreparedPostgres & Disposable> {
  const postgres = await preparePostgres({ durable: false, ...options });
  return { ...postgres, [Symbol.dispose]: () => postgres.removeData() };
}

async function query(connectionString: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
