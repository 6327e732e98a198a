import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { revocationKeys, revokeClient, revokeToken } from '@4runr/contracts/revocation';
import { accessTokenClaimsExample } from '@4runr/contracts/token';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import type { ProblemError } from '../../src/errors/index.ts';
import { createKit, type OwnedKit } from '../../src/lifecycle/kit.ts';
import { createRevocationFeed, type Revocations } from '../../src/revocation/index.ts';
import {
  createSeverableLink,
  createTestRedis,
  type SeverableLink,
  type TestRedis,
  writeRevocation,
  writeRevocationList,
} from '../../src/testing/index.ts';
import { eventually } from '../fixtures/eventually.ts';

const exp = Math.floor(Date.now() / 1_000) + 900;
const tokenOf = (jti: string) => revokeToken({ jti, exp });
const claimsOf = (jti: string) => ({ ...accessTokenClaimsExample, jti });

let redis: TestRedis;
let link: SeverableLink;
let owned: OwnedKit<ReturnType<typeof config>>;
let revocations: Revocations;
let monotonicMs: number;

const config = () => loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' });

before(async () => {
  redis = await createTestRedis();
  link = await createSeverableLink(redis.url);
});
after(async () => {
  await link.close();
  await redis.drop();
});
beforeEach(async () => {
  await redis.loseData();
  await link.mend();
  monotonicMs = 0;
  owned = createKit('test-service', config());
});
afterEach(() => owned.closeAll());

/** Starts to read, where a test needs no more than that. */
function start(): void {
  revocations = createRevocationFeed(owned.kit, { redisUrl: link.url, monotonicMs: () => monotonicMs });
}

/** A reader that has read a list with nothing in it. */
async function startLoaded(): Promise<void> {
  await writeRevocationList(redis.client);
  start();
  await eventually(isFresh);
}

const isFresh = (): boolean => {
  try {
    revocations.assertFresh();
    return true;
  } catch (error) {
    assert.equal((error as ProblemError).code, 'service.unavailable');
    return false;
  }
};
const isRevoked = (jti: string): boolean => isFresh() && revocations.isRevoked(claimsOf(jti));
const untilRevoked = (jti: string) => eventually(() => isRevoked(jti));

async function metric(name: string): Promise<number> {
  const exposition = await owned.kit.metrics.expose();
  return Number(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm').exec(exposition)?.[1]);
}

describe('revocations', () => {
  it('take effect as they are written: of tokens, and of clients', async () => {
    await startLoaded();
    await writeRevocation(redis.client, tokenOf('tok_a'));
    await untilRevoked('tok_a');
    assert.equal(isRevoked('tok_b'), false);
    const { sub, epoch } = claimsOf('tok_b');
    await writeRevocation(redis.client, revokeClient({ sub, epoch: epoch + 1, atMs: Date.now() }));
    await untilRevoked('tok_b');
  });

  it('written before the start are read, however many', async () => {
    const many = Array.from({ length: 3_500 }, (_, index) => tokenOf(`tok_${index}`));
    await writeRevocationList(redis.client, many);
    start();
    await eventually(isFresh);
    assert.ok(many.every(({ jti }) => isRevoked(jti)));
  });

  it('are measured from their decision to their taking effect', async () => {
    await startLoaded();
    await writeRevocation(redis.client, tokenOf('tok_a'), Date.now() - 3_000);
    await untilRevoked('tok_a');
    assert.equal(await metric('gateway_revocation_propagation_seconds_count'), 1);
    const seconds = await metric('gateway_revocation_propagation_seconds_sum');
    assert.ok(seconds >= 3 && seconds < 5, `${seconds} s`);
  });

  it('are not known before auth-service has written them, and need no restart when it has', async () => {
    start();
    await writeRevocation(redis.client, tokenOf('tok_a'));
    await assertStays(false);
    await writeRevocationList(redis.client, [tokenOf('tok_a')]);
    await untilRevoked('tok_a');
  });

  it('are not known before Redis is there, and need no restart when it is', async () => {
    await writeRevocationList(redis.client, [tokenOf('tok_a')]);
    await link.sever();
    start();
    await assertStays(false);
    await link.mend();
    await untilRevoked('tok_a');
  });
});

/** That freshness stays as it is over some failing rounds. */
async function assertStays(fresh: boolean): Promise<void> {
  const until = performance.now() + 300;
  await eventually(() => {
    assert.equal(isFresh(), fresh);
    return performance.now() > until;
  });
}

const outages = [
  { how: 'refuses connections', begin: () => link.sever() },
  { how: 'accepts and never answers', begin: () => link.stall() },
] as const;

describe('while Redis', () => {
  for (const { how, begin } of outages) {
    it(`${how} what is known stays in force for ten seconds, then no token is taken; then all goes on`, async () => {
      await startLoaded();
      await writeRevocation(redis.client, tokenOf('tok_a'));
      await untilRevoked('tok_a');
      await begin();
      // A read under way may still succeed; from here on none does.
      await writeRevocation(redis.client, tokenOf('tok_b'));
      monotonicMs += 9_000;
      assert.deepEqual([isRevoked('tok_a'), isRevoked('tok_other')], [true, false]);
      monotonicMs += 10_001;
      assert.equal(isFresh(), false);
      assert.ok((await metric('gateway_revocation_read_age_seconds')) > 10);
      assert.throws(() => revocations.isRevoked(claimsOf('tok_other')), { code: 'service.unavailable' });
      await link.mend();
      await eventually(isFresh);
      assert.deepEqual([isRevoked('tok_a'), isRevoked('tok_other')], [true, false]);
      await untilRevoked('tok_b');
    });
  }

  it('holds one connection that has gone silent, another is made', async () => {
    await startLoaded();
    link.silence();
    await writeRevocation(redis.client, tokenOf('tok_a'));
    await untilRevoked('tok_a');
  });
});

describe('when Redis', () => {
  it('has lost its data, what is known stays in force, and joins what is written anew', async () => {
    await startLoaded();
    await writeRevocation(redis.client, tokenOf('tok_a'));
    await untilRevoked('tok_a');
    await redis.loseData();
    monotonicMs += 60_000;
    await untilRevoked('tok_a');
    await writeRevocationList(redis.client, [tokenOf('tok_b')]);
    await untilRevoked('tok_b');
    assert.equal(isRevoked('tok_a'), true);
    await writeRevocation(redis.client, tokenOf('tok_c'));
    await untilRevoked('tok_c');
  });

  it('holds a list of another generation, that is read, though the feed tells of nothing', async () => {
    await startLoaded();
    await writeRevocationList(redis.client, [tokenOf('tok_a')]);
    await untilRevoked('tok_a');
  });

  for (const kept of [0, 1]) {
    it(`has trimmed the feed to ${kept} messages while nobody read, the list tells of the others`, async () => {
      await startLoaded();
      await writeRevocation(redis.client, tokenOf('tok_seen'));
      await untilRevoked('tok_seen');
      await link.sever();
      for (const jti of ['tok_a', 'tok_b', 'tok_c']) await writeRevocation(redis.client, tokenOf(jti));
      await redis.client.xTrim(revocationKeys.feed, 'MAXLEN', kept);
      await link.mend();
      for (const jti of ['tok_a', 'tok_b', 'tok_c']) await untilRevoked(jti);
    });
  }
});

describe('the end of a service', () => {
  it('does not wait for the read under way', async () => {
    await startLoaded();
    const startedAt = performance.now();
    await owned.closeAll();
    assert.ok(performance.now() - startedAt < 300);
  });
});
