/** How many decisions took no longer than so many milliseconds, by the service's own clock: from the question read to the answer ready. */
export type DecisionTimes = ReadonlyMap<number, number>;

const bucket =
  /^gateway_policy_decision_duration_ms_bucket\{(?=[^}]*decision="allow")[^}]*le="([^"]+)"[^}]*\} (\d+)$/gm;

/** The service's histogram of allowed decisions so far. */
export async function readDecisionTimes(url: string): Promise<DecisionTimes> {
  const exposition = await (await fetch(`${url}/metrics`)).text();
  return new Map(
    [...exposition.matchAll(bucket)].map(([, bound, count]) => [
      bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound),
      Number(count),
    ]),
  );
}

/** Those that were made in between. */
export function between(before: DecisionTimes, after: DecisionTimes): DecisionTimes {
  return new Map([...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]));
}

export function addTimes(a: DecisionTimes, b: DecisionTimes): DecisionTimes {
  return new Map([...b].map(([bound, count]) => [bound, count + (a.get(bound) ?? 0)]));
}

/** The share of decisions that took no longer. @param withinMs a bound of the histogram */
export function shareWithin(times: DecisionTimes, withinMs: number): number {
  return (times.get(withinMs) ?? Number.NaN) / (times.get(Number.POSITIVE_INFINITY) ?? 0);
}

/** The `q`-quantile, evenly spread within its bucket, as Prometheus' `histogram_quantile` has it. */
export function quantileOf(times: DecisionTimes, q: number): number {
  const wanted = q * (times.get(Number.POSITIVE_INFINITY) ?? 0);
  let [lower, below] = [0, 0];
  for (const [bound, count] of times) {
    if (count >= wanted) return lower + ((bound - lower) * (wanted - below)) / (count - below);
    [lower, below] = [bound, count];
  }
  return Number.NaN;
}
