import type { FaultMode } from '@4runr/contracts/fault';

/** What arrived at one route of a provider, and how it was answered. */
export interface RequestCount {
  readonly provider: string;
  /** Method and pattern of the path, `GET /search.json`; a path that the provider does not have is `unknown`. */
  readonly route: string;
  /** Requests that arrived, answered or not. */
  readonly received: number;
  /** Answers by status; 499 where the client went away before it had one. What a fault broke off has none. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Those of the received that a fault hit, by mode. */
  readonly faults: Readonly<Partial<Record<FaultMode, number>>>;
}

/** A request that was counted when it arrived, and what became of it. */
export interface Arrival {
  faulted(mode: FaultMode): void;
  /** Call once. */
  answered(status: number): void;
}

/** Counts of every request to a simulated provider since the start. */
export interface RequestCounts {
  arrived(provider: string, route: string): Arrival;
  list(): readonly RequestCount[];
}

export function createRequestCounts(): RequestCounts {
  const counts = new Map<string, CountInProgress>();
  const countOf = (provider: string, route: string) => {
    const key = `${provider} ${route}`;
    const count = counts.get(key) ?? { provider, route, received: 0, statuses: {}, faults: {} };
    counts.set(key, count);
    return count;
  };
  return {
    arrived(provider, route) {
      const count = countOf(provider, route);
      count.received += 1;
      return {
        faulted: (mode) => increment(count.faults, mode),
        answered: (status) => increment(count.statuses, status),
      };
    },
    list: () => [...counts.values()],
  };
}

interface CountInProgress extends RequestCount {
  received: number;
  readonly statuses: Record<string, number>;
  readonly faults: Partial<Record<FaultMode, number>>;
}

function increment<K extends PropertyKey>(counts: Partial<Record<K, number>>, key: K): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
