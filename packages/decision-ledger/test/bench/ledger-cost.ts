/**
 * CPU time of taking and settling, in this process and in Redis.
 *
 *     node scripts/with-test-parts.ts node packages/decision-ledger/test/bench/ledger-cost.ts
 */
import { createTestRedis } from '@4runr/service-kit/testing';
import { createCallSettler, createDecisionTaker, type LedgerClaim } from '../../src/index.ts';
import { claimOf, draftOf, outcomeOf } from '../fixtures/ledger-under-test.ts';

const calls = 20_000;
const concurrency = 8;

const redis = await createTestRedis();
const taker = createDecisionTaker(redis.client, { streamItemsMax: 100_000_000 });
const settler = createCallSettler(redis.client);
const sliding = claimOf({ limit: 10_000, windowSeconds: 3_600 });
const coarse = claimOf({ limit: 1e9, windowSeconds: 3_600 });
const fixed = claimOf({ limit: 1e9, windowSeconds: 3_600, algorithm: 'fixed' });
const shared = claimOf({ limit: 1e9, windowSeconds: 3_600, per: 'role' });

await measure('no quota', []);
await measure('a fixed window', [fixed]);
await measure('a sliding window, exact', [sliding]);
await measure('a sliding window, coarse', [coarse]);
await measure('a sliding window of the role', [shared]);
await measure('five quotas', [fixed, sliding, coarse, claimOf({ limit: 1e9 }), claimOf({ limit: 1e9 })]);
await redis.drop();

/** 100 agents, so that no exact window fills up. */
async function measure(name: string, claims: readonly (typeof fixed)[]): Promise<void> {
  const asked: LedgerClaim[] = claims.map((claim) => ({ claim, amount: 1 }));
  const before = await cpuMicros();
  let left = calls;
  const worker = async () => {
    while (left-- > 0) {
      const decision = await taker.take(draftOf({ agent: `agt_${name}_${left % 100}` }), asked);
      await settler.settle(outcomeOf(decision), { isGivenBack: false, used: {} });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  const after = await cpuMicros();
  const perCall = (key: 'own' | 'redis') => ((after[key] - before[key]) / calls).toFixed(0);
  process.stdout.write(`${name}: ${perCall('own')} µs here, ${perCall('redis')} µs in Redis for both\n`);
}

async function cpuMicros(): Promise<{ own: number; redis: number }> {
  const { user, system } = process.cpuUsage();
  const info = await redis.client.info('cpu');
  const seconds = ['user', 'sys'].map((kind) =>
    Number(new RegExp(`used_cpu_${kind}:([\\d.]+)`).exec(info)?.[1]),
  );
  return { own: user + system, redis: seconds.reduce((sum, each) => sum + each, 0) * 1_000_000 };
}
