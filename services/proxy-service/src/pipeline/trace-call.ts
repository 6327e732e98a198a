import type { EvaluationResponse } from '@4runr/contracts/decision';
import { decisionAttributes } from '@4runr/service-kit/telemetry';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { ReceivedCall } from '../domain/call.ts';
import type { Outcome } from './outcome.ts';

/** Notes on the span of the call which version of which policy decided, and how. */
export function traceDecision(decided: EvaluationResponse): void {
  trace.getActiveSpan()?.setAttributes(decisionAttributes(decided));
}

/** Notes on the span of the call that it is asked for once more. @param because the code of the failure before */
export function traceRetry(because: string, pauseMs: number): void {
  trace
    .getActiveSpan()
    ?.addEvent('retry', { 'error.type': because, 'gateway.pause_ms': Math.round(pauseMs) });
}

/** Notes on the span of the call whose it was and what came of it; of what it asked with, nothing. */
export function traceOutcome(
  call: ReceivedCall,
  outcome: Outcome,
  { tool, action }: { readonly tool: string; readonly action: string },
): void {
  const span = trace.getActiveSpan();
  if (span?.isRecording() !== true) return;
  const { agent, attempts, jobId, replayOf } = call.observed;
  span.setAttributes({
    'gateway.call.id': call.callId,
    'gateway.tool': tool,
    'gateway.action': action,
    'gateway.outcome': outcome.kind,
    ...(agent === undefined ? {} : { 'gateway.agent.id': agent.id, 'gateway.agent.role': agent.role }),
    ...(attempts === undefined ? {} : { 'gateway.attempts': attempts }),
    ...(jobId === undefined ? {} : { 'gateway.job.id': jobId }),
    ...(replayOf === undefined ? {} : { 'gateway.replay_of': replayOf }),
  });
  if (outcome.kind === 'failed') span.setAttribute('error.type', outcome.problem.code);
  if (outcome.kind === 'abandoned')
    span.setAttribute('error.type', 'client_gone').setStatus({ code: SpanStatusCode.ERROR });
}
