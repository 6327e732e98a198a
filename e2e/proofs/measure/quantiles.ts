/** The `q`-quantile of the values (nearest rank); NaN of none. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * q) - 1)] ?? Number.NaN;
}

/** `p50 … p90 … p99 … max …` in a unit. */
export function describeQuantiles(values: readonly number[], unit: string): string {
  const at = (q: number) => `${quantile(values, q).toFixed(2)} ${unit}`;
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`;
}
