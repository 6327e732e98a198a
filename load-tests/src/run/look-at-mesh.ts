import type { MeshUnderLoad } from '../mesh/mesh-under-load.ts';
import { readProviders } from './count-providers.ts';
import { readMetrics } from './metrics-snapshot.ts';
import { readStorage } from './read-storage.ts';
import { readVersions } from './read-versions.ts';

/** The mesh while nothing is asked of it. */
export async function lookAtMesh(mesh: MeshUnderLoad) {
  const stack = mesh.describe();
  if (stack === undefined) return { metrics: '', versions: {}, providers: undefined, storage: null };
  const { simulator } = stack;
  return {
    metrics: await readMetrics(stack),
    storage: await readStorage(stack),
    versions: await readVersions(stack),
    providers: simulator === undefined ? undefined : await readProviders(simulator.url),
  };
}
