/**
 * The whole mesh with its state on a Redis Cluster of three masters, two replicas each of policy- and proxy-service: quotas of agents and of
 * a role, idempotency keys, jobs, the audit trail and revocation, for agents of all partitions. Then a master without a replica is
 * killed and comes back, which concerns its own partitions alone; then one whose replica takes over.
 *
 * `npm run prove -- redis-cluster [seconds without a node]`
 */
import assert from 'node:assert/strict';
import { revocationKeys } from '@4runr/contracts/revocation';
import { startTestRedisCluster, type TestRedisNode } from '@4runr/local-stack/parts';
import { openClusteredMesh } from './cluster/clustered-mesh.ts';
import { proveOwnPartitionsAlone, proveReplicaTakesOver } from './cluster/lost-node.ts';
import {
  limits,
  proveIdempotency,
  proveJobs,
  proveQuotas,
  proveRevocation,
} from './cluster/whole-cluster.ts';
import { withStack } from './measure/proof-stack.ts';

const [secondsWithout = 20] = process.argv.slice(2).map(Number);
const agentsCount = 24;

const cluster = await startTestRedisCluster({ hasReplica: true });
assert.ok(cluster, 'there is a Redis here that knows clusters');
try {
  const options = {
    scale: { 'policy-service': 2, 'proxy-service': 2 },
    environment: { TOKEN_RATE_CLIENT: '0' },
    stateRedisUrl: cluster.url,
  };
  await withStack(options, async (stack) => {
    await using mesh = await openClusteredMesh(stack, cluster);
    const { operator } = mesh;
    const window = '24h';
    const scope = 'serpapi:search';
    await operator.storePolicy({
      ...{ name: 'cluster-limited', subjects: { roles: ['cluster-limited'] }, allow: [scope] },
      quotas: [
        { scope, limit: limits.agent, window, algorithm: 'sliding', per: 'agent', cost: 'calls' },
        { scope, limit: limits.role, window, algorithm: 'fixed', per: 'role', cost: 'calls' },
      ],
    });
    await operator.storePolicy({
      ...{ name: 'cluster-free', subjects: { roles: ['cluster-free'] }, allow: [scope, 'gmail_send:send'] },
      quotas: [{ scope, limit: 1_000_000, window, algorithm: 'fixed', per: 'agent', cost: 'calls' }],
    });
    const limited = await mesh.enrol('cluster-limited', agentsCount);
    const free = await mesh.enrol('cluster-free', agentsCount);
    assert.equal(new Set(free.map(({ node }) => node)).size, 3, 'agents lie on every node');

    console.log('## All nodes are there\n');
    console.log(`- ${await proveQuotas(mesh, limited)}`);
    console.log(`- ${await proveIdempotency(mesh, free)}`);
    console.log(`- ${await proveJobs(mesh, free)}`);
    console.log(`- ${await proveRevocation(mesh, limited)}`);

    const pids = () => stack.describe().parts.map(({ name, pid }) => [name, pid]);
    const before = pids();
    const [withReplica, ...withoutReplica] = cluster.masters;
    const ofRevocations = await cluster.masterOf(revocationKeys.generation);
    const node = withoutReplica.find((each) => each !== ofRevocations);
    assert.ok(withReplica && node);
    console.log('\n## A node without a replica is killed, and comes back\n');
    const lost = { node, agents: free, forMs: secondsWithout * 1_000 };
    console.log(await proveOwnPartitionsAlone(mesh, lost));
    console.log('\n## A node with a replica is killed\n');
    console.log(
      `${nameOf(withReplica, ofRevocations)}${await proveReplicaTakesOver(mesh, { node: withReplica, agents: free })}`,
    );
    console.log(`\nThereafter: ${await proveJobs(mesh, free)}`);
    assert.deepEqual(pids(), before, 'no part was restarted');
  });
} finally {
  await cluster.stop();
}

function nameOf(node: TestRedisNode, ofRevocations: TestRedisNode): string {
  return node === ofRevocations ? 'It holds the list of revocations too. ' : '';
}
