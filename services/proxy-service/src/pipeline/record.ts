import { problemKinds } from '@4runr/contracts/problem';
import type { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ReceivedCall, Timings } from '../domain/call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import { AdapterFailure } from '../mesh/call-failure.ts';
import type { ProxyMetrics } from '../metrics.ts';
import { countUsage } from './count-usage.ts';
import { clientGone, type Outcome, statusOf } from './outcome.ts';
import { type RefusalLog, refusalOf } from './refusal.ts';
import { type OutcomeLedger, settlementOf, usedOf } from './settlement.ts';
import { traceOutcome } from './trace-call.ts';

/**
 * Says what came of a call, once: metrics, one log line, and to the audit trail. Never rejects: an effect that happened is
 * not undone by it. Of an effect it waits until the ledger has been told.
 */
export type RecordCall = (call: ReceivedCall, outcome: Outcome) => Promise<void>;

export function createRecorder(parts: {
  kit: Pick<Kit, 'logger' | 'reportSecurityEvent'>;
  tools: ToolRegistry;
  metrics: ProxyMetrics;
  ledger: OutcomeLedger;
  refusals: RefusalLog;
}): RecordCall {
  const { kit, metrics, tools, ledger, refusals } = parts;
  return async (call, outcome) => {
    const { agent, attempts, decisionId, jobId, replayOf, timings } = call.observed;
    const labels = labelsOf(call, tools);
    const durationMs = performance.now() - call.startedAt;
    const status = statusOf(call, outcome);
    traceOutcome(call, outcome, labels);
    metrics.requests.inc({ ...labels, code: String(status) });
    if (outcome.kind === 'failed' && status !== clientGone) countFailure(metrics, labels, outcome.problem);
    if (outcome.kind === 'failed' && outcome.problem.code === 'target.forbidden') {
      // The only refusal of who is known that is not found out here: its adapter's egress guard has said so.
      kit.reportSecurityEvent('authorization_violation', {
        ...{ code: outcome.problem.code, agent: agent?.id, client: agent?.clientId },
        ...{ scope: `${labels.tool}:${labels.action}`, call_id: call.callId },
      });
    }
    metrics.durationMs.observe(labels, durationMs);
    metrics.overheadMs.observe(labels, overheadOf(durationMs, timings));
    kit.logger.info(
      {
        event: 'call',
        call_id: call.callId,
        job_id: jobId,
        ...labels,
        agent: agent?.id,
        act: agent?.act?.id,
        decision_id: decisionId,
        replay_of: replayOf,
        status,
        outcome: outcome.kind,
        ...describeFailure(outcome, status),
        duration_ms: round(durationMs),
        attempts,
        cache: call.observed.cache,
        upstream_ms: timings.upstream,
        backoff_ms: timings.backoff,
      },
      'call',
    );
    countUsage(parts, call, { labels, used: usedOf(call, outcome) });
    const settlement = settlementOf(call, outcome);
    if (settlement === undefined) {
      const refusal = refusalOf(call, outcome, labels);
      if (refusal !== undefined) refusals.record(refusal);
      return;
    }
    const settling = ledger.settle(settlement);
    if (!isRead(call, tools)) await settling;
  };
}

/** What the gateway itself took: neither its providers, nor its waiting for them. */
function overheadOf(durationMs: number, { upstream = 0, backoff = 0 }: Timings): number {
  return Math.max(0, durationMs - upstream - backoff);
}

function countFailure(
  metrics: ProxyMetrics,
  labels: { tool: string; action: string },
  { code }: ProblemError,
): void {
  metrics.failures.inc({ ...labels, problem: code, fault: problemKinds[code].fault });
}

/** Whether nothing is lost when its outcome is told while it is answered. */
function isRead(call: ReceivedCall, tools: ToolRegistry): boolean {
  return tools.get(call.toolName)?.actions.get(call.actionName)?.manifest.effect === 'read';
}

/** The cause is logged with the answer, or here where there is none. */
function describeFailure(outcome: Outcome, status: number): object {
  if (outcome.kind !== 'failed') return {};
  const { code, cause, extensions } = outcome.problem;
  return {
    code,
    upstream_status: extensions.upstreamStatus,
    upstream_code: cause instanceof AdapterFailure ? cause.upstreamCode : undefined,
    ...(status === clientGone && cause !== undefined ? { err: cause } : {}),
  };
}

/** Names that nobody has are counted together: labels come from closed sets. */
function labelsOf(call: ReceivedCall, tools: ToolRegistry): { tool: string; action: string } {
  if (!tools.names.has(call.toolName)) return { tool: 'unknown', action: 'unknown' };
  const isKnown = tools.get(call.toolName)?.actions.has(call.actionName) === true;
  return { tool: call.toolName, action: isKnown ? call.actionName : 'unknown' };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
