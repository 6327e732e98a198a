import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { auditStreams } from '@4runr/contracts/audit';
import { partitionOf } from '@4runr/contracts/partition';
import { startTestRedisCluster, type TestRedisCluster } from '@4runr/local-stack/parts';
import type { Redis } from '@4runr/service-kit/redis';
import { type ConnectedRedis, connectTestRedis } from '@4runr/service-kit/testing';
import { createCallSettler, createDecisionTaker } from '../../src/index.ts';
import { claimOf, draftOf, outcomeOf, unique } from '../fixtures/ledger-under-test.ts';

let nodes: TestRedisCluster | undefined;
let connected: ConnectedRedis;
let cluster: Redis;
before(async () => {
  nodes = await startTestRedisCluster();
  if (nodes === undefined) return;
  connected = await connectTestRedis(
    nodes.url,
    auditStreams.map(({ key }) => key),
  );
  cluster = connected.client;
});
after(async () => {
  await connected?.close();
  await nodes?.stop();
});

describe('on a Redis Cluster of three nodes', () => {
  it('agents of all partitions keep to their own quotas and to that of their role', async (context) => {
    if (nodes === undefined) return context.skip('there is no Redis here that knows clusters');
    const taker = createDecisionTaker(cluster, { streamItemsMax: 1_000_000 });
    const role = unique('role');
    const claims = [
      claimOf({ limit: 200, per: 'role', windowSeconds: 86_400 }),
      claimOf({ limit: 5, windowSeconds: 86_400 }),
      claimOf({ limit: 5, windowSeconds: 86_400, algorithm: 'fixed' }),
      claimOf({ limit: 20_000, windowSeconds: 86_400 }),
    ].map((claim) => ({ claim, amount: 1 }));
    const agents = Array.from({ length: 64 }, () => unique('agt'));
    assert.ok(new Set(agents.map(partitionOf)).size > 12, 'agents lie all over the partitions');

    const decisions = [];
    for (let round = 0; round < 6; round += 1) {
      decisions.push(
        ...(await Promise.all(agents.map((agent) => taker.take(draftOf({ agent, role }), claims)))),
      );
    }
    const allowed = decisions.filter(({ decision }) => decision === 'allowed');
    assert.equal(allowed.length, 200);
    for (const [, own] of Map.groupBy(allowed, ({ agent }) => agent)) assert.ok(own.length <= 5);

    const settler = createCallSettler(cluster);
    await Promise.all(
      allowed.map((decision) => settler.settle(outcomeOf(decision), { isGivenBack: true, used: {} })),
    );
    const again = await Promise.all(agents.map((agent) => taker.take(draftOf({ agent, role }), claims)));
    assert.ok(again.every(({ decision }) => decision === 'allowed'));
    assert.equal(await countItems(), decisions.length + allowed.length + again.length);
  });
});

async function countItems(): Promise<number> {
  const lengths = await Promise.all(auditStreams.map(({ key }) => cluster.xLen(key)));
  return lengths.reduce((sum, length) => sum + length, 0);
}
