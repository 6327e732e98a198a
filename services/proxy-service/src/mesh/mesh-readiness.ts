/** What the mesh needs to serve: a name, and the base URLs of its replicas. */
export interface MeshPart {
  readonly name: string;
  readonly urls: readonly string[];
  /** What the proxy itself needs of the part beside an answer; it serves no more while this is false. */
  readonly isUsable?: () => boolean;
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
  let latest: { readonly at: number; readonly silent: Promise<ReadonlySet<MeshPart>> } | undefined;
  return async () => {
    if (latest === undefined || clock() - latest.at > freshMs) {
      latest = { at: clock(), silent: findSilent(parts) };
    }
    const silent = await latest.silent;
    return parts.filter((part) => silent.has(part) || part.isUsable?.() === false).map(({ name }) => name);
  };
}

async function findSilent(parts: readonly MeshPart[]): Promise<ReadonlySet<MeshPart>> {
  const ready = await Promise.all(parts.map(({ urls }) => isAnyReady(urls)));
  return new Set(parts.filter((_part, index) => ready[index] !== true));
}

/** A part without replicas to ask is ready. */
async function isAnyReady(urls: readonly string[]): Promise<boolean> {
  if (urls.length === 0) return true;
  return Promise.any(urls.map(probe)).catch(() => false);
}

async function probe(url: string): Promise<true> {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(probeTimeoutMs) });
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return true;
}
