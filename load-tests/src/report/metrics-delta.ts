import type { MetricSample } from '../record/prometheus-text.ts';
import { type Block, table } from './document.ts';

/** What changed between two snapshots of metrics. Buckets of histograms are left out: their counts and sums tell of them. */
export function metricsDelta(before: readonly MetricSample[], after: readonly MetricSample[]): Block {
  const then = new Map(before.map((sample) => [keyOf(sample), sample.value]));
  const now = new Map(after.map((sample) => [keyOf(sample), sample.value]));
  const keys = [...new Set([...then.keys(), ...now.keys()])]
    .filter((key) => !key.includes('_bucket{'))
    .sort();
  const rows = keys.flatMap((key) => {
    const [a, b] = [then.get(key), now.get(key)];
    return a === b ? [] : [[`\`${key}\``, cell(a), cell(b), cell((b ?? 0) - (a ?? 0))]];
  });
  return table(['metric', 'before', 'after', 'change'], rows);
}

const cell = (value: number | undefined): string =>
  value === undefined ? '' : String(Number(value.toPrecision(8)));

function keyOf({ name, labels }: MetricSample): string {
  const shown = Object.entries(labels)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([label, value]) => `${label}="${value}"`);
  return `${name}{${shown.join(',')}}`;
}
