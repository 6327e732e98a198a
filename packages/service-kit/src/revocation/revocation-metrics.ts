import type { Metrics } from '../telemetry/index.ts';

/** From what a local Redis takes to what an outage of it makes of it, in seconds. */
const propagationBuckets = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300];

export interface RevocationMetrics {
  /** @param seconds from the decision to its taking effect here */
  observePropagation(seconds: number): void;
}

/** @param ageMs time since revocations were last read */
export function createRevocationMetrics(metrics: Metrics, ageMs: () => number): RevocationMetrics {
  const propagation = metrics.histogram({
    name: 'gateway_revocation_propagation_seconds',
    help: 'Time from the decision to revoke to its taking effect in this process',
    buckets: propagationBuckets,
  });
  metrics.gauge({
    name: 'gateway_revocation_read_age_seconds',
    help: 'Time since revocations were last read; above 10 no token is accepted',
    collect() {
      this.set(ageMs() / 1_000);
    },
  });
  // Clocks of two machines: what took less than they differ by took no time.
  return { observePropagation: (seconds) => propagation.observe(Math.max(0, seconds)) };
}
