/** What arrived at one route of a provider, and how it was answered. */
export interface RequestCount {
  readonly provider: string;
  /** Method and pattern of the path, `GET /search.json`; a path that the provider does not have is `unknown`. */
  readonly route: string;
  /** Requests that arrived, answered or not. */
  readonly received: number;
  /** Answers by status; 499 where the client went away before it had one. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Counts of every request to a simulated provider since the start. */
export interface RequestCounts {
  /** Counts an arrival; call what it gives with the status of the answer, once. */
  arrived(provider: string, route: string): (status: number) => void;
  list(): readonly RequestCount[];
}

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, RequestCount & { received: number; statuses: Record<string, number> }>();
  const countOf = (provider: string, route: string) => {
    const key = `${provider} ${route}`;
    const count = counts.get(key) ?? { provider, route, received: 0, statuses: {} };
    counts.set(key, count);
    return count;
  };
  return {
    arrived(provider, route) {
      const count = countOf(provider, route);
      count.received += 1;
      return (status) => {
        count.statuses[status] = (count.statuses[status] ?? 0) + 1;
      };
    },
    list: () => [...counts.values()],
  };
}
