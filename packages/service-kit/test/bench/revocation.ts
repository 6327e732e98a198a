/**
 * How long a revocation takes from before it is written to Redis until it has come back from there and is in force.
 *
 *     node scripts/with-test-parts.ts node packages/service-kit/test/bench/revocation.ts
 */
import { setTimeout as delay } from 'node:timers/promises';
import { revokeToken } from '@4runr/contracts/revocation';
import { accessTokenClaimsExample } from '@4runr/contracts/token';
import { baseSettings, loadConfig } from '../../src/config/index.ts';
import { createKit } from '../../src/lifecycle/kit.ts';
import { createRevocationFeed, type Revocations } from '../../src/revocation/index.ts';
import { createTestRedis, writeRevocation, writeRevocationList } from '../../src/testing/index.ts';

const revocations = 2_000;
const pauseMsMax = 5;
const exp = Math.floor(Date.now() / 1_000) + 900;

const owned = createKit('test-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
const redis = await createTestRedis();
await writeRevocationList(redis.client);
const feed = createRevocationFeed(owned.kit, { redisUrl: redis.url });
while (!isFresh(feed)) await new Promise(setImmediate);

const tookMs: number[] = [];
for (let index = 0; index < revocations; index += 1) {
  await delay(Math.random() * pauseMsMax);
  tookMs.push(await revokeAndWait(`tok_${index}`));
}
tookMs.sort((a, b) => a - b);
const at = (share: number) => (tookMs[Math.floor(tookMs.length * share)] ?? 0).toFixed(2);
process.stdout.write(`p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${tookMs.at(-1)?.toFixed(2)} ms\n`);
await owned.closeAll();
await redis.drop();

async function revokeAndWait(jti: string): Promise<number> {
  const startedAt = performance.now();
  await writeRevocation(redis.client, revokeToken({ jti, exp }));
  while (!feed.isRevoked({ ...accessTokenClaimsExample, jti })) await new Promise(setImmediate);
  return performance.now() - startedAt;
}

function isFresh({ assertFresh }: Revocations): boolean {
  try {
    assertFresh();
    return true;
  } catch {
    return false;
  }
}
