import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { ServiceName } from '@4runr/contracts/mesh';
import { readServiceSettings } from '@4runr/local-stack';
import { ensureServiceRole } from '@4runr/local-stack/installation';
import { Client } from 'pg';
import { e2e } from './mesh/config.ts';
import { freePort } from './mesh/free-port.ts';
import { stack } from './mesh/gateway.ts';

/** A database that nobody has migrated yet, beside that of the stack. */
const database = `upgrade_${randomUUID().slice(0, 8)}`;

/** Services with a schema, and a table in it. */
const services: readonly [service: ServiceName, schema: string, table: string][] = [
  ['auth-service', 'auth', 'clients'],
  ['policy-service', 'policy', 'policies'],
  ['proxy-service', 'proxy', 'jobs'],
];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const running: ChildProcess[] = [];

/**
 * Runs a program of a service with the settings of the stack's own replica, but on the new database, and in a part of the state Redis that
 * the stack does not look at.
 */
function run(service: ServiceName, program: string, settings: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [program], {
    cwd: path.join(e2e.folder.root, 'services', service),
    env: {
      ...readServiceSettings(e2e.folder, service),
      REDIS_URL: `${stack().redis.url}/9`,
      MIGRATIONS_AT_START: 'off',
      ...settings,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += String(text)));
  const ended = once(child, 'close').then(([code]): Ended => ({ code, output }));
  return { ended };
}

/** Of the service's own role, to the new database. */
function urlOf(service: ServiceName): string {
  const url = new URL(readServiceSettings(e2e.folder, service).DATABASE_URL ?? '');
  return Object.assign(url, { pathname: `/${database}` }).href;
}

async function query(url: string, text: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

/** Starts a replica and waits until it can serve. */
async function startReplica(service: ServiceName): Promise<void> {
  const port = String(await freePort());
  const { ended } = run(service, 'src/main.ts', { DATABASE_URL: urlOf(service), PORT: port });
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ status }) => status === 200,
      () => false,
    );
  const end = ended.then(({ output }) => assert.fail(`${service} has ended: ${output}`));
  while (!(await Promise.race([isReady(), end]))) await wait(50);
}

before(async () => {
  for (const [service, role] of services) {
    const { password } = new URL(urlOf(service));
    await ensureServiceRole(stack().postgres.url, { database, role, password });
  }
});
after(async () => {
  for (const child of running) child.kill('SIGKILL');
  await query(stack().postgres.url, `drop database if exists ${database} with (force)`);
});

describe('a version whose migrations are Jobs', { concurrency: true }, () => {
  for (const [service, schema, table] of services) {
    it(`of ${service} starts once its schema is new enough, and on a newer one as well`, async () => {
      const DATABASE_URL = urlOf(service);
      const tooOld = await run(service, 'src/main.ts', { DATABASE_URL }).ended;
      assert.equal(tooOld.code, 1);
      assert.match(
        tooOld.output,
        new RegExp(`cannot start: .*the schema ${schema} is too old: it lacks 0001-`),
      );

      const migrated = await run(service, 'src/migrate.ts', { DATABASE_URL }).ended;
      assert.equal(migrated.code, 0, migrated.output);
      await query(DATABASE_URL, `alter table ${table} add column of_the_next_version text`);
      await query(DATABASE_URL, `insert into kysely_migration values ('9999-next', now()::text)`);
      await startReplica(service);
    });
  }

  it('tells of a database that cannot be migrated, and ends with 1', async () => {
    const nowhere = { DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${await freePort()}/nothing` };
    const { code, output } = await run('auth-service', 'src/migrate.ts', nowhere).ended;
    assert.equal(code, 1);
    assert.match(output, /^auth-service cannot be migrated: .*ECONNREFUSED/);
  });
});
