import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { auditStreams } from '@4runr/contracts/audit';
import { partitionOf } from '@4runr/contracts/partition';
import { startTestRedisCluster, type TestRedisCluster } from '@4runr/local-stack/parts';
import type { Redis } from '@4runr/service-kit/redis';
import { type ConnectedRedis, connectTestRedis } from '@4runr/service-kit/testing';
import { createKeyStore } from '../../src/store/keys/redis-key-store.ts';

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
  it('a key of any agent is held once, through all of its states', async (context) => {
    if (nodes === undefined) return context.skip('there is no Redis here that knows clusters');
    const store = createKeyStore(
      cluster,
      { write: async (_callId, attempt) => void (await attempt()) },
      { keptSeconds: 3_600, outcomeBytesMax: 10_000, agentBytesMax: 1_000_000 },
    );
    const agents = Array.from({ length: 64 }, () => `agt_${randomUUID()}`);
    assert.ok(new Set(agents.map(partitionOf)).size > 12, 'agents lie all over the partitions');
    const claim = (agent: string, callId: string) =>
      store.claim({ space: 'client', holder: [agent], value: 'k' }, { callId, request: 'a' });
    await Promise.all(
      agents.map(async (agent) => {
        const first = await claim(agent, 'call_1');
        assert.ok(first.kind === 'held');
        assert.equal((await claim(agent, 'call_2')).kind, 'running');
        assert.equal(await first.hold.dispatch(), true);
        await first.hold.finish({ kind: 'completed', result: agent });
        const replayed = await claim(agent, 'call_3');
        assert.deepEqual(replayed, {
          kind: 'replay',
          earlier: { callId: 'call_1', outcome: { kind: 'completed', result: agent } },
        });
      }),
    );
  });
});
