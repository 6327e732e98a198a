import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { revocationKeys } from '@4runr/contracts/revocation';
import { type AuthServiceUnderTest, startAuthService } from '../fixtures/auth-service-under-test.ts';
import { queryDatabase } from '../fixtures/database.ts';
import { eventually } from '../fixtures/eventually.ts';

const { active, feed, generation } = revocationKeys;

let service: AuthServiceUnderTest;
before(async () => {
  service = await startAuthService();
  await service.startReplica();
});
after(() => service.stop());

interface StoredRevocation {
  readonly kind: 'token' | 'client';
  readonly subject: string;
  readonly epoch?: number;
  readonly expiresInSeconds?: number;
  readonly isPublished: boolean;
}

/** Stores a revocation as a replica does that dies before Redis has it, or thereafter. */
async function store(revocation: StoredRevocation): Promise<void> {
  const { kind, subject, epoch = 0, expiresInSeconds = 3_600, isPublished } = revocation;
  await queryDatabase(
    service.databaseUrl,
    `insert into auth.revocations values ($1, $2, $3, now() + make_interval(secs => $4), now(), $5)`,
    [kind, subject, epoch, expiresInSeconds, isPublished ? new Date() : null],
  );
}

const listed = () => service.redis.client.hGetAll(active);
const currentGeneration = () => service.redis.client.get(generation);

/** The generation after one that is known. */
function nextGeneration(known: string | null): Promise<string> {
  return eventually(async () => {
    const current = await currentGeneration();
    assert.ok(current !== null && current !== known);
    return current;
  });
}

describe('the list of revocations in Redis', { concurrency: false }, () => {
  it('is complete soon after the first start', async () => {
    assert.ok(await nextGeneration(null));
  });

  it('gets what another replica stored and did not live to publish, once', async () => {
    await store({ kind: 'token', subject: 'tok_orphan', isPublished: false });
    await eventually(async () => assert.ok('token:tok_orphan' in (await listed())), 1_500);
    const messages = await service.redis.client.xRange(feed, '-', '+');
    assert.equal(messages?.filter(({ message }) => message.field === 'token:tok_orphan').length, 1);
    await eventually(async () => {
      const rows = await queryDatabase(
        service.databaseUrl,
        'select 1 from auth.revocations where published_at is null',
      );
      assert.equal(rows.length, 0);
    });
  });

  it('is written anew under another generation when Redis has lost its data', async () => {
    await store({ kind: 'token', subject: 'tok_kept', isPublished: true });
    await store({ kind: 'client', subject: 'agt_kept', epoch: 1, isPublished: true });
    await store({ kind: 'client', subject: 'agt_kept', epoch: 2, isPublished: true });
    await store({ kind: 'token', subject: 'tok_past', expiresInSeconds: -5, isPublished: true });
    const known = await currentGeneration();
    await service.redis.loseData();
    await nextGeneration(known);
    const list = await listed();
    assert.deepEqual(Object.keys(list).sort(), ['client:agt_kept', 'token:tok_kept', 'token:tok_orphan']);
    assert.equal(JSON.parse(list['client:agt_kept'] ?? '').epoch, 2);
  });

  it('is written anew when another server holds it, which may lack what was written last', async () => {
    await service.redis.client.del(active);
    await service.redis.client.set(generation, 'anotherserver.1');
    await nextGeneration('anotherserver.1');
    assert.ok('token:tok_kept' in (await listed()));
  });

  it('never takes a client back to an epoch of before', async () => {
    await store({ kind: 'client', subject: 'agt_kept', epoch: 3, isPublished: false });
    await eventually(async () => assert.match((await listed())['client:agt_kept'] ?? '', /"epoch":3/), 1_500);
    await queryDatabase(
      service.databaseUrl,
      `update auth.revocations set published_at = null where subject = 'agt_kept' and epoch = 1`,
    );
    await eventually(async () => {
      const rows = await queryDatabase(
        service.databaseUrl,
        'select 1 from auth.revocations where published_at is null',
      );
      assert.equal(rows.length, 0);
    });
    assert.match((await listed())['client:agt_kept'] ?? '', /"epoch":3/);
  });
});
