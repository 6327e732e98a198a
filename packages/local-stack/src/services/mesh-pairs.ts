import type { MeshKey, ServiceName } from '@4runr/contracts/mesh';
import { adapterServiceName } from '@4runr/contracts/mesh';
import { deriveMeshKey } from '@4runr/service-kit/mesh';
import { tools } from './tools.ts';

type Pair = readonly [caller: ServiceName, audience: ServiceName];

const adapters = tools.map(adapterServiceName);

/** Who proves to whom who they are: callers sign mesh tokens, and policy-service signs permits for adapters. */
export const meshPairs: readonly Pair[] = [
  ['proxy-service', 'policy-service'],
  ...adapters.map((adapter): Pair => ['proxy-service', adapter]),
  ...adapters.map((adapter): Pair => ['policy-service', adapter]),
];

/** Names the generation of the keys; another one rotates them all. */
const kid = 'local-1';

/** The keys of the pairs that a service takes part in, and of no other. */
export function meshKeysOf(service: ServiceName, root: Buffer): MeshKey[] {
  return meshPairs
    .filter((pair) => pair.includes(service))
    .map(([caller, audience]) => deriveMeshKey(root, { caller, audience, kid }));
}
