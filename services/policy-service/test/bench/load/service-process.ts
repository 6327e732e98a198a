import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Policy } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';
import { createTestRedis, type TestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import { prepareDatabase } from '../../../src/store/prepare-database.ts';
import {
  createServiceDatabase,
  type ServiceDatabase,
  settingsFor,
} from '../../fixtures/policy-service-under-test.ts';

/** The real service in a process of its own, with a database and a Redis database of its own. */
export interface ServiceProcess {
  readonly url: string;
  readonly database: ServiceDatabase;
  readonly redis: TestRedis;
  /** CPU time so far, in milliseconds: clock ticks of user and system (proc(5)), a hundredth of a second each. */
  cpuMs(): number;
  /** Time so far, in milliseconds, that its main thread could have run and had no core: what others on the machine cost it. */
  waitedMs(): number;
  stop(): Promise<void>;
}

const documentsAtOnce = 500;

/** Resolves when the service is ready, and decides by the documents. */
export async function startServiceProcess(options: {
  readonly port: number;
  readonly documents?: readonly Policy[];
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<ServiceProcess> {
  const { port, documents = [], environment = {} } = options;
  const database = await createServiceDatabase();
  const redis = await createTestRedis();
  await writeRevocationList(redis.client);
  await prepareDatabase({ database: database.kysely, url: database.url }, []);
  await activateAll(database, documents);
  const main = new URL('../../../src/main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [...process.execArgv, main], {
    env: {
      ...settingsFor({ database: database.url, redis: redis.url }),
      NODE_ENV: 'development',
      LOG_LEVEL: 'warn',
      PORT: String(port),
      ...environment,
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/readyz`).catch(() => ({ ok: false }))).ok) await delay(50);
  return {
    url,
    database,
    redis,
    cpuMs: () => cpuMsOf(child),
    waitedMs: () => Number(readFileSync(`/proc/${child.pid}/schedstat`, 'utf8').split(' ')[1]) / 1_000_000,
    async stop() {
      child.kill();
      await once(child, 'exit');
      await redis.drop();
      await database.drop();
    },
  };
}

/** Makes new documents active, many at once. */
async function activateAll({ kysely }: ServiceDatabase, documents: readonly Policy[]): Promise<void> {
  for (let first = 0; first < documents.length; first += documentsAtOnce) {
    const some = documents.slice(first, first + documentsAtOnce);
    const versions = some.map((document) => ({
      name: document.name,
      number: 1,
      change: 'create' as const,
      version: policyVersion(document),
      document: JSON.stringify(document),
      created_by: 'test',
    }));
    await kysely.insertInto('policy_versions').values(versions).execute();
    await kysely
      .insertInto('policies')
      .values(some.map(({ name }) => ({ name, number: 1 })))
      .execute();
  }
}

function cpuMsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
