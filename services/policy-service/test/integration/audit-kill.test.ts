import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { auditStreamKeyOf } from '@4runr/contracts/audit';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocationList,
} from '@4runr/service-kit/testing';
import { sql } from 'kysely';
import type { PolicyDatabase } from '../../src/store/database-schema.ts';
import { auditGroup } from '../../src/store/redis-audit-inbox.ts';
import { appendChange, countStored, newChange } from '../fixtures/audit-items.ts';
import {
  createServiceDatabase,
  eventually,
  type ServiceDatabase,
  settingsFor,
  startPolicyService,
} from '../fixtures/policy-service-under-test.ts';

const withinMs = 20_000;

let database: ServiceDatabase;
let redis: TestRedis;
let link: SeverableLink;
let child: ChildProcess;
before(async () => {
  database = await createServiceDatabase();
  redis = await createTestRedis();
  await writeRevocationList(redis.client);
  link = await createSeverableLink(redis.url);
});
after(async () => {
  child.kill('SIGKILL');
  await link.close();
  await redis.drop();
  await database.drop();
});

function startProcess(): ChildProcess {
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const env = settingsFor({ database: database.url, redis: link.url });
  return spawn(process.execPath, [main], { env, stdio: 'ignore' });
}

/** Whether somebody waits for a lock of the table. */
async function isInsertHeldUp(kysely: PolicyDatabase): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_locks where relation = 'policy.audit_items'::regclass and not granted`.execute(kysely);
  return rows.length > 0;
}

describe('a replica that is killed after its items are stored and before it has removed them', () => {
  it('leaves them to another, and no item is there twice', async () => {
    child = startProcess();
    await eventually(() => isReady(database), withinMs);
    const change = newChange();
    // The insert waits for this lock, while the way to Redis is cut; then it commits, and the removal cannot be sent.
    await database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table policy.audit_items in share mode`.execute(transaction);
      await appendChange(redis, change);
      await eventually(() => isInsertHeldUp(transaction), withinMs);
      await link.sever();
    });
    await eventually(async () => (await countStored(database.kysely)).has(change.id), withinMs);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const key = auditStreamKeyOf(change.operator);
    assert.equal((await redis.client.xPending(key, auditGroup)).pending, 1);

    const survivor = await startPolicyService(database.url, { REDIS_URL: redis.url });
    try {
      await eventually(async () => (await redis.client.xLen(key)) === 0, withinMs);
      assert.equal((await redis.client.xPending(key, auditGroup)).pending, 0);
      assert.deepEqual([...(await countStored(database.kysely))], [[change.id, 1]]);
    } finally {
      await survivor.stop();
    }
  });
});

/** Whether this month's partition was made: the schema is complete. */
async function isReady({ kysely }: ServiceDatabase): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_inherits where inhparent = to_regclass('policy.audit_items')`.execute(kysely);
  return rows.length > 0;
}
