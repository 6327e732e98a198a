import type { Sample } from '../record/sample.ts';

/**
 * What a counter grew by over a run, by the values of its labels, of all processes together. One that fell was begun anew: what it had
 * grown by between the look before and that is lost.
 */
export function increases(samples: readonly Sample[], metric: string): ReadonlyMap<string, number> {
  const grown = new Map<string, number>();
  const [first, ...later] = samples;
  const last = new Map(Object.entries(first?.counters ?? {}));
  for (const { counters } of later)
    for (const [key, value] of Object.entries(counters)) {
      const before = last.get(key) ?? 0;
      last.set(key, value);
      const [, name, label = ''] = /^\S+ (\S+) (.*)$/.exec(key) ?? [];
      if (name === metric)
        grown.set(label, (grown.get(label) ?? 0) + (value < before ? value : value - before));
    }
  return grown;
}

export function increase(samples: readonly Sample[], metric: string): number {
  return [...increases(samples, metric).values()].reduce((sum, value) => sum + value, 0);
}
