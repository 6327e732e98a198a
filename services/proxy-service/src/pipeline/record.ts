import type { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ReceivedCall } from '../domain/call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import type { ProxyMetrics } from '../metrics.ts';

/** What came of a call: an answer, a failure, or nothing, because its client had gone. */
export type Outcome =
  | { readonly kind: 'completed' }
  | { readonly kind: 'failed'; readonly problem: ProblemError }
  | { readonly kind: 'abandoned' };

/** Says what came of a call, once: metrics and one log line. Never throws: an effect that happened is not undone by it. */
export type RecordCall = (call: ReceivedCall, outcome: Outcome) => void;

/** Status under which calls are counted whose client left before the answer. */
const clientGone = 499;

export function createRecorder(parts: {
  kit: Pick<Kit, 'logger'>;
  tools: ToolRegistry;
  metrics: ProxyMetrics;
}): RecordCall {
  const { kit, metrics, tools } = parts;
  return (call, outcome) => {
    const { agent, decisionId, timings } = call.observed;
    const labels = labelsOf(call, tools);
    const durationMs = performance.now() - call.startedAt;
    const status = call.signal.aborted ? clientGone : statusOf(outcome);
    metrics.requests.inc({ ...labels, code: String(status) });
    metrics.durationMs.observe(labels, durationMs);
    metrics.overheadMs.observe(labels, Math.max(0, durationMs - (timings.upstream ?? 0)));
    kit.logger.info(
      {
        event: 'call',
        call_id: call.callId,
        ...labels,
        agent: agent?.id,
        act: agent?.act?.id,
        decision_id: decisionId,
        status,
        outcome: outcome.kind,
        ...describeFailure(outcome, status),
        duration_ms: round(durationMs),
        upstream_ms: timings.upstream,
      },
      'call',
    );
  };
}

function statusOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'completed':
      return 200;
    case 'failed':
      return outcome.problem.status;
    case 'abandoned':
      return clientGone;
  }
}

/** The cause is logged with the answer, or here where there is none. */
function describeFailure(outcome: Outcome, status: number): { code?: string; err?: unknown } {
  if (outcome.kind !== 'failed') return {};
  const { code, cause } = outcome.problem;
  return status === clientGone && cause !== undefined ? { code, err: cause } : { code };
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
