/** What the mesh needs to serve: a name, and the base URLs of its replicas. */
export interface MeshPart {
  readonly name: string;
  readonly urls: readonly string[];
}

/** Names of the parts of which no replica is ready. */
export type MeshReadiness = () => Promise<readonly string[]>;

/** How long an answer serves, so that asking often costs the mesh nothing. */
const freshMs = 1_000;
const probeTimeoutMs = 1_000;

export function createMeshReadiness(
  parts: readonly MeshPart[],
  clock: () => number = performance.now.bind(performance),
): MeshReadiness {
  let latest: { readonly at: number; readonly failing: Promise<readonly string[]> } | undefined;
  return () => {
    if (latest === undefined || clock() - latest.at > freshMs) {
      latest = { at: clock(), failing: findFailing(parts) };
    }
    return latest.failing;
  };
}

async function findFailing(parts: readonly MeshPart[]): Promise<readonly string[]> {
  const ready = await Promise.all(parts.map(({ urls }) => Promise.any(urls.map(probe)).catch(() => false)));
  return parts.filter((_part, index) => ready[index] !== true).map(({ name }) => name);
}

async function probe(url: string): Promise<true> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(probeTimeoutMs) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return true;
}
