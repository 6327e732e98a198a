import type { QuotaCounter } from '@4runr/decision-ledger';
import type { Metrics } from '@4runr/service-kit/telemetry';
import type { ComparedCounter } from './domain/quota-comparison.ts';

export interface QuotaMetrics {
  recordCompared(compared: ComparedCounter): void;
  /** Everything whose turn it was has been compared. @param startedAt in milliseconds since the epoch */
  recordRound(startedAt: number): void;
  /** Another replica compares: what this one found means nothing any more. */
  forget(): void;
}

interface Difference {
  readonly counter: QuotaCounter;
  readonly amount: number;
}

const microsPerDollar = 1_000_000;

/** Of the replica that compares. Others say nothing of drift, rather than that there is none. */
export function createQuotaMetrics(metrics: Metrics): QuotaMetrics {
  const differences = new Map<string, Difference>();
  let comparedAt: number | undefined;
  metrics.gauge({
    name: 'gateway_quota_drift',
    help: 'What counts of quotas say more (over) or less (under) than the audit trail tells, in calls, tokens or US dollars',
    labelNames: ['per', 'cost', 'direction'],
    collect() {
      this.reset();
      if (comparedAt === undefined) return;
      for (const per of ['agent', 'role']) {
        for (const cost of ['calls', 'tokens', 'usd']) {
          for (const direction of ['over', 'under']) this.set({ per, cost, direction }, 0);
        }
      }
      for (const { counter, amount } of differences.values()) {
        const { per, cost } = counter;
        const shown = Math.abs(cost === 'usd' ? amount / microsPerDollar : amount);
        this.inc({ per, cost, direction: amount > 0 ? 'over' : 'under' }, shown);
      }
    },
  });
  metrics.gauge({
    name: 'gateway_quota_comparison_age_seconds',
    help: 'Time since the last round began in which counts of quotas were compared with the audit trail',
    collect() {
      if (comparedAt === undefined) this.remove();
      else this.set((Date.now() - comparedAt) / 1_000);
    },
  });
  const comparisons = metrics.counter({
    name: 'gateway_quota_comparisons_total',
    help: 'Counts of quotas that were compared with the audit trail, by what came of it',
    labelNames: ['result'],
  });
  return {
    recordCompared(compared) {
      const { result, counter } = compared;
      comparisons.inc({ result });
      if (compared.result === 'different') {
        differences.set(counter.text, { counter, amount: compared.difference });
      } else {
        differences.delete(counter.text);
      }
    },
    recordRound(startedAt) {
      comparedAt = startedAt;
    },
    forget() {
      comparedAt = undefined;
      differences.clear();
    },
  };
}
