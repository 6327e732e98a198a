import { toProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ReceivedCall } from '../domain/call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import type { ProxyMetrics } from '../metrics.ts';

/** Says what came of each call, once: metrics and one log line. */
export interface CallRecorder {
  success(call: ReceivedCall): void;
  failure(call: ReceivedCall, error: unknown): void;
}

/** Status under which calls are counted whose client left before the answer. */
const clientGone = 499;

export function createCallRecorder(parts: {
  kit: Kit;
  tools: ToolRegistry;
  metrics: ProxyMetrics;
}): CallRecorder {
  const { kit, metrics } = parts;

  function record(call: ReceivedCall, outcome: { status: number; code?: string }): void {
    const { agent, decisionId, timings } = call.observed;
    const labels = labelsOf(call, parts.tools);
    const durationMs = performance.now() - call.startedAt;
    metrics.requests.inc({ ...labels, code: String(outcome.status) });
    metrics.durationMs.observe(labels, durationMs);
    metrics.overheadMs.observe(labels, durationMs - (timings.upstream ?? 0));
    kit.logger.info(
      {
        event: 'call',
        call_id: call.callId,
        ...labels,
        agent: agent?.id,
        decision_id: decisionId,
        ...outcome,
        duration_ms: round(durationMs),
        upstream_ms: timings.upstream,
      },
      'call',
    );
  }

  return {
    success: (call) => record(call, { status: 200 }),
    failure(call, error) {
      if (call.signal.aborted) {
        record(call, { status: clientGone });
        return;
      }
      const { status, code } = toProblemError(error);
      record(call, { status, code });
    },
  };
}

/** Names that no adapter has told of are counted together: labels come from closed sets. */
function labelsOf(call: ReceivedCall, tools: ToolRegistry): { tool: string; action: string } {
  const tool = tools.all().find(({ name }) => name === call.toolName);
  if (tool === undefined) return { tool: 'unknown', action: 'unknown' };
  return { tool: tool.name, action: tool.actions.has(call.actionName) ? call.actionName : 'unknown' };
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
