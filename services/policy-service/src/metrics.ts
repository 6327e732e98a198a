import type { EvaluationRequest, EvaluationResponse } from '@4runr/contracts/decision';
import { adapterServiceName, type MeshKey } from '@4runr/contracts/mesh';
import type { Metrics } from '@4runr/service-kit/telemetry';

/** Buckets of the time that a decision takes, in milliseconds: most take far less than one. */
const decisionBucketsMs = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 100, 500];

export interface PolicyMetrics {
  /** Counts one decision that was not a dry run. */
  recordDecision(request: EvaluationRequest, response: EvaluationResponse, durationMs: number): void;
}

/**
 * @param options.meshKeys name the adapters that there are: the closed set of the label `tool`. Actions come from the
 * adapters' manifests, by which the proxy has resolved them.
 * @param options.checkedAt when the policies were last known to be current, in milliseconds since the epoch
 */
export function createPolicyMetrics(
  metrics: Metrics,
  options: { meshKeys: readonly MeshKey[]; checkedAt: () => number },
): PolicyMetrics {
  const duration = metrics.histogram({
    name: 'gateway_policy_decision_duration_ms',
    help: 'Time to reach a decision, record it and sign its permit, by verdict; the count is the number of decisions',
    labelNames: ['decision'],
    buckets: decisionBucketsMs,
  });
  const denials = metrics.counter({
    name: 'gateway_policy_denials_total',
    help: 'Calls denied, by the kind of the rule that decided',
    labelNames: ['tool', 'action', 'reason'],
  });
  const quotaRejections = metrics.counter({
    name: 'gateway_quota_rejections_total',
    help: 'Calls that a quota refused',
    labelNames: ['tool', 'action'],
  });
  metrics.gauge({
    name: 'gateway_policy_snapshot_age_seconds',
    help: 'Time since the policies in memory were last known to be those in the database',
    collect() {
      this.set((Date.now() - options.checkedAt()) / 1_000);
    },
  });
  const scopeLabels = createScopeLabels(options.meshKeys);
  return {
    recordDecision(request, { decision, context }, durationMs) {
      duration.observe({ decision: decision ? 'allow' : 'deny' }, durationMs);
      const reason = context.reasons[0]?.rule;
      if (context.retryAfterSeconds !== undefined) quotaRejections.inc(scopeLabels(request));
      else if (!decision && reason !== undefined) denials.inc({ ...scopeLabels(request), reason });
    },
  };
}

function createScopeLabels(meshKeys: readonly MeshKey[]) {
  const adapters = new Set(meshKeys.map(({ audience }) => audience));
  return ({ action, resource }: EvaluationRequest): { tool: string; action: string } => {
    if (!adapters.has(adapterServiceName(resource.id))) return { tool: 'unknown', action: 'unknown' };
    return { tool: resource.id, action: action.name.slice(resource.id.length + 1) };
  };
}
