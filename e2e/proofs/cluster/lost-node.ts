import assert from 'node:assert/strict';
import type { TestRedisNode } from '@4runr/local-stack/parts';
import { untilSucceeds } from '../measure/outage.ts';
import type { ClusteredAgent, ClusteredMesh } from './clustered-mesh.ts';

export interface LostNode {
  readonly node: TestRedisNode;
  readonly agents: readonly ClusteredAgent[];
  /** How long it is looked at calls while the node is gone, in milliseconds. */
  readonly forMs: number;
}

/** One call of each agent, all at once: outcomes of those whose partition lies on the node, and of the others. */
async function callAll(
  mesh: ClusteredMesh,
  { node, agents }: Pick<LostNode, 'node' | 'agents'>,
): Promise<{ theirs: string[]; others: string[] }> {
  const theirs: string[] = [];
  const others: string[] = [];
  await Promise.all(
    agents.map(async (agent) => {
      const { outcome } = await mesh.ask(agent, '/v1/tools/serpapi/search', { body: { q: 'lost node' } });
      (agent.node === node ? theirs : others).push(outcome);
    }),
  );
  return { theirs, others };
}

const count = (outcomes: readonly string[]): string =>
  [...Map.groupBy(outcomes, (each) => each)]
    .map(([outcome, all]) => `${outcome}: ${all.length}`)
    .join(', ') || 'none';

/** A node without a replica is killed: its agents are refused, all others are served; when it is back, so are they. */
export async function proveOwnPartitionsAlone(mesh: ClusteredMesh, lost: LostNode): Promise<string> {
  await lost.node.kill();
  const during = { theirs: [] as string[], others: [] as string[] };
  const until = performance.now() + lost.forMs;
  while (performance.now() < until) {
    const { theirs, others } = await callAll(mesh, lost);
    during.theirs.push(...theirs);
    during.others.push(...others);
  }
  await lost.node.start();
  const healedMs = await untilSucceeds(async () => {
    const { theirs, others } = await callAll(mesh, lost);
    return [...theirs, ...others].every((outcome) => outcome === '200');
  }, 30_000);
  assert.ok(during.theirs.length > 0 && during.others.length > 0, 'agents lie on the node, and on others');
  assert.deepEqual([...new Set(during.others)], ['200']);
  assert.deepEqual([...new Set(during.theirs)], ['policy.unavailable']);
  return [
    `| calls of agents | in the ${lost.forMs / 1_000} s without it |\n|---|---|`,
    `| whose partitions lie on it | ${count(during.theirs)} |`,
    `| of all others | ${count(during.others)} |`,
    '',
    `All were served again ${(healedMs / 1_000).toFixed(1)} s after it answered, without a restart of any service.`,
  ].join('\n');
}

/** A node with a replica is killed: the replica takes over, and nobody has to do anything. */
export async function proveReplicaTakesOver(
  mesh: ClusteredMesh,
  { node, agents }: Omit<LostNode, 'forMs'>,
): Promise<string> {
  await node.kill();
  const outcomes: string[] = [];
  const takenOverMs = await untilSucceeds(async () => {
    const { theirs, others } = await callAll(mesh, { node, agents });
    outcomes.push(...theirs, ...others);
    return [...theirs, ...others].every((outcome) => outcome === '200');
  }, 30_000);
  const unforeseen = outcomes.filter(
    (outcome) => !['200', 'policy.unavailable', 'service.unavailable'].includes(outcome),
  );
  assert.deepEqual(unforeseen, []);
  return `Until the replica had taken over: ${count(outcomes)}. All were served again ${(takenOverMs / 1_000).toFixed(1)} s after the kill; a node is taken for gone after 1 s.`;
}
