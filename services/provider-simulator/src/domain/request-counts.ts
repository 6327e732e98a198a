/** What arrived at one route of a provider, and how it was answered. */
export interface RequestCount {
  readonly provider: string;
  readonly route: string;
  readonly status: number;
  readonly count: number;
}

/** Counts of every request to a simulated provider since the start. */
export interface RequestCounts {
  add(provider: string, route: string, status: number): void;
  list(): readonly RequestCount[];
}

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, RequestCount>();
  return {
    add(provider, route, status) {
      const key = `${provider} ${route} ${status}`;
      const count = (counts.get(key)?.count ?? 0) + 1;
      counts.set(key, { provider, route, status, count });
    },
    list: () => [...counts.values()],
  };
}
