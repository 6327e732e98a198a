import {
  type Counter,
  durationBucketsMs,
  type Metrics,
  type TracedHistogram,
} from '@4runr/service-kit/telemetry';
import type { Capacity } from './domain/capacity.ts';
import type { BreakerState } from './domain/circuit.ts';
import type { Circuits } from './domain/circuits.ts';

export interface ProxyMetrics {
  readonly requests: Counter<'tool' | 'action' | 'code'>;
  readonly failures: Counter<'tool' | 'action' | 'problem' | 'fault'>;
  readonly durationMs: TracedHistogram<'tool' | 'action'>;
  readonly overheadMs: TracedHistogram<'tool' | 'action'>;
  readonly tokens: Counter<'tool' | 'action' | 'model' | 'type'>;
  readonly usd: Counter<'tool' | 'action'>;
  readonly aboveBound: Counter<'tool' | 'action'>;
  readonly retries: Counter<'tool' | 'action'>;
  readonly idempotency: Counter<'result'>;
  readonly breakerTransitions: Counter<'tool' | 'from' | 'to'>;
  readonly breakerFastFails: Counter<'tool'>;
  readonly cacheEvents: Counter<'tool' | 'result'>;
  readonly auditDropped: Counter<'reason'>;
}

/** Tells how many calls there are whenever it is asked. */
export function exposeCapacity(metrics: Metrics, capacity: Capacity): void {
  metrics.gauge({
    name: 'gateway_calls_in_flight',
    help: 'Calls that this replica carries now',
    collect() {
      this.set(capacity.inFlight);
    },
  });
}

const breakerLevels: Readonly<Record<BreakerState, number>> = { closed: 0, half_open: 1, open: 2 };

/** Tells the worst state of each tool's breakers whenever it is asked. */
export function exposeBreakers(metrics: Metrics, circuits: Circuits, tools: Iterable<string>): void {
  metrics.gauge({
    name: 'gateway_breaker_state',
    help: 'The worst state of the tool’s breakers at this replica: 0 closed, 1 half-open, 2 open',
    labelNames: ['tool'],
    collect() {
      for (const tool of tools) this.set({ tool }, breakerLevels[circuits.worstOf(tool)]);
    },
  });
}

export function createProxyMetrics(metrics: Metrics): ProxyMetrics {
  const perAction = { labelNames: ['tool', 'action'] as const, buckets: durationBucketsMs };
  return {
    requests: metrics.counter({
      name: 'gateway_requests_total',
      help: 'Calls by tool, action and HTTP status of the answer (499: the client had gone)',
      labelNames: ['tool', 'action', 'code'],
    }),
    failures: metrics.counter({
      name: 'gateway_failures_total',
      help: 'Calls answered with a problem, by its code and by whose fault it is: client, policy, platform or upstream',
      labelNames: ['tool', 'action', 'problem', 'fault'],
    }),
    durationMs: metrics.tracedHistogram({
      name: 'gateway_request_duration_ms',
      help: 'Time from a call to its answer, in milliseconds',
      ...perAction,
    }),
    overheadMs: metrics.tracedHistogram({
      name: 'gateway_overhead_duration_ms',
      help: 'Time of a call less what its provider and the pauses between attempts took, in milliseconds: what the gateway itself costs',
      ...perAction,
    }),
    tokens: metrics.counter({
      name: 'gateway_tokens_total',
      help: 'Tokens that language models have used, by model (other: one without a price) and type (input, output)',
      labelNames: ['tool', 'action', 'model', 'type'],
    }),
    usd: metrics.counter({
      name: 'gateway_cost_usd_total',
      help: 'What calls have cost at their providers, in US dollars; of those whose price is known',
      labelNames: ['tool', 'action'],
    }),
    aboveBound: metrics.counter({
      name: 'gateway_usage_above_bound_total',
      help: 'Calls that used more tokens or money than was thought to be the most',
      labelNames: ['tool', 'action'],
    }),
    retries: metrics.counter({
      name: 'gateway_retries_total',
      help: 'Attempts at calls beyond their first',
      labelNames: ['tool', 'action'],
    }),
    idempotency: metrics.counter({
      name: 'gateway_idempotency_keys_total',
      help: 'Calls with an idempotency key by what was found under it: held (nothing), replayed, unknown, running, conflict, full',
      labelNames: ['result'],
    }),
    breakerTransitions: metrics.counter({
      name: 'gateway_breaker_transitions_total',
      help: 'Changes of breakers from one state to another: closed, half_open, open; of a tool, or of one of its hosts',
      labelNames: ['tool', 'from', 'to'],
    }),
    breakerFastFails: metrics.counter({
      name: 'gateway_breaker_fastfail_total',
      help: 'Attempts that were not begun because a breaker was open, or its probe under way',
      labelNames: ['tool'],
    }),
    cacheEvents: metrics.counter({
      name: 'gateway_cache_events_total',
      help: 'What the cache of answers did, by tool: of each call of an action that has one, one of hit, stale, stale_if_error, miss, collapsed, bypass, unavailable; beside these refresh, stored, too_large, purge',
      labelNames: ['tool', 'result'],
    }),
    auditDropped: metrics.counter({
      name: 'gateway_audit_dropped_total',
      help: 'Calls refused before a decision that the audit trail does not tell of: too much waits to be stored, or Redis is away',
      labelNames: ['reason'],
    }),
  };
}
