import type { StackFile } from '@4runr/local-stack';

/** What a process holds, by its own metrics; Node leaves closed sockets and ended timers out of its active resources. */
export interface Held {
  readonly residentMiB: number;
  readonly heapMiB: number;
  /** Sockets, servers, timers and requests under way. */
  readonly resources: number;
}

/** Of each service's replicas, by name of the part: `proxy-service`, `proxy-service 2`. */
export async function heldByService({ services }: StackFile): Promise<ReadonlyMap<string, Held>> {
  const replicas = Object.entries(services).flatMap(([name, all]) =>
    all.map(({ url }, index) => ({ url, name: index === 0 ? name : `${name} ${index + 1}` })),
  );
  return new Map(
    await Promise.all(replicas.map(async ({ name, url }) => [name, await readHeld(url)] as const)),
  );
}

async function readHeld(url: string): Promise<Held> {
  const exposition = await (await fetch(`${url}/metrics`)).text();
  const sample = (metric: string) =>
    Number(new RegExp(`^${metric}(?:\\{.*\\})? (\\S+)`, 'm').exec(exposition)?.[1] ?? Number.NaN);
  return {
    residentMiB: sample('process_resident_memory_bytes') / 2 ** 20,
    heapMiB: sample('nodejs_heap_size_used_bytes') / 2 ** 20,
    resources: sample('nodejs_active_resources_total'),
  };
}
