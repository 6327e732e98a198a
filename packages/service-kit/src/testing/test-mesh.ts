import { randomBytes } from 'node:crypto';
import type { MeshKey, ServiceName } from '@4runr/contracts/mesh';
import { deriveMeshKey } from '../mesh/index.ts';

/** Pairwise keys of a root that lives as long as the test, as the text of `MESH_KEYS`. */
export function createTestMesh(root: Buffer = randomBytes(32)) {
  const keyOf = (caller: ServiceName, audience: ServiceName): MeshKey =>
    deriveMeshKey(root, { caller, audience, kid: 'test' });
  return {
    keyOf,
    /** `MESH_KEYS` of a service that takes part in the given pairs. */
    meshKeys: (...pairs: readonly (readonly [caller: ServiceName, audience: ServiceName])[]): string =>
      JSON.stringify(pairs.map(([caller, audience]) => keyOf(caller, audience))),
  };
}
