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

/** Between which values the `q`-quantile lies with 95 % confidence, whatever the distribution (order statistics). */
export function quantileInterval(values: readonly number[], q: number): readonly [number, number] {
  const sorted = values.toSorted((a, b) => a - b);
  const spread = 1.96 * Math.sqrt(sorted.length * q * (1 - q));
  const at = (rank: number) =>
    sorted[Math.min(Math.max(Math.round(rank), 1), sorted.length) - 1] ?? Number.NaN;
  return [at(sorted.length * q - spread), at(sorted.length * q + spread + 1)];
}
