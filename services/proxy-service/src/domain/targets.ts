import { type BoundedCache, createBoundedCache } from './bounded-cache.ts';
import type { ValidatedCall } from './call.ts';

/** Most hosts of a tool that are told apart; of more, the ones that were asked for last. */
const hostsMax = 1_000;

/** What a call is about to reach: a tool with its one provider, or one of the hosts that it speaks to. */
export interface Target {
  readonly tool: string;
  /** With its port; `undefined` where all of the tool is one. */
  readonly host: string | undefined;
}

export function targetOf({ tool, facts }: Pick<ValidatedCall, 'tool' | 'facts'>): Target {
  const [url = ''] = tool.isolation === 'host' ? facts.url : [];
  return { tool: tool.name, host: URL.parse(url)?.host };
}

/** One of something for each target, in a bounded number. */
export interface Targets<V> {
  get(target: Target): V;
  /** What there is for a tool, or for its hosts. */
  of(tool: string): Iterable<V>;
  /** Keeps of all hosts no longer what the test is true of. */
  dropHosts(isStale: (value: V) => boolean): void;
}

export function createTargets<V extends object>(make: (target: Target) => V): Targets<V> {
  const tools = new Map<string, V>();
  const hosts = new Map<string, BoundedCache<V>>();
  return {
    get(target) {
      const { tool, host } = target;
      if (host === undefined) return kept(tools, tool, () => make(target));
      return kept(hosts, tool, () => createBoundedCache<V>(hostsMax)).get(host, () => make(target));
    },
    *of(tool) {
      const whole = tools.get(tool);
      if (whole !== undefined) yield whole;
      yield* hosts.get(tool)?.values() ?? [];
    },
    dropHosts(isStale) {
      for (const cache of hosts.values()) cache.drop(isStale);
    },
  };
}

function kept<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
