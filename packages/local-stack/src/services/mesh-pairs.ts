import type { MeshKey, ServiceName } from '@4runr/contracts/mesh';
import { adapterServiceName } from '@4runr/contracts/mesh';
import { deriveMeshKey } from '@4runr/service-kit/mesh';
import { adapterDeclarations } from './read-adapter-declarations.ts';

type Pair = readonly [caller: ServiceName, audience: ServiceName];

const adapters = adapterDeclarations.map(({ tool }) => adapterServiceName(tool));

/** Who proves to whom who they are: callers sign mesh tokens, policy-service signs permits for adapters,
 * and auth-service seals credentials for the adapters that have one. */
export const meshPairs: readonly Pair[] = [
  ['proxy-service', 'policy-service'],
  ['proxy-service', 'auth-service'],
  ...adapters.map((adapter): Pair => ['proxy-service', adapter]),
  ...adapters.map((adapter): Pair => ['policy-service', adapter]),
  ...adapterDeclarations
    .filter(({ credential }) => credential)
    .map(({ tool }): Pair => [adapterServiceName(tool), 'auth-service']),
];

/** What mesh keys are derived from. */
export interface MeshKeySource {
  readonly root: Buffer;
  /** The generation that signs, from 1 on. The one before it is handed out too, to be accepted. */
  readonly generation: number;
}

/** The keys of the pairs that a service takes part in, and of no other; those that sign come first. */
export function meshKeysOf(service: ServiceName, { root, generation }: MeshKeySource): MeshKey[] {
  const pairs = meshPairs.filter((pair) => pair.includes(service));
  return [generation, generation - 1]
    .filter((number) => number >= 1)
    .flatMap((number) =>
      pairs.map(([caller, audience]) => deriveMeshKey(root, { caller, audience, kid: `local-${number}` })),
    );
}
