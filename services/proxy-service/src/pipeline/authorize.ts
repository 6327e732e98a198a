import type { EvaluationResponse } from '@4runr/contracts/decision';
import { scopeCovers } from '@4runr/contracts/token';
import { insufficientScope } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { ValidatedCall } from '../domain/call.ts';
import type { CallContext, PolicyClient } from '../mesh/policy-client.ts';
import type { Step } from './pipeline.ts';

declare const permitted: unique symbol;

/** A call that policy has allowed. Only `authorize` can make one, and `forward` takes nothing else. */
export type PermittedCall = ValidatedCall & { readonly permit: string; readonly [permitted]: true };

/**
 * May this agent do this, now, with these parameters?
 *
 * @throws ProblemError `scope.insufficient` for what the token does not carry, `policy.denied` with reason and decision id,
 * `policy.unavailable` when there is no decision: no decision, no call
 */
export function authorize({
  kit,
  policy,
}: {
  kit: Kit;
  policy: PolicyClient;
}): Step<ValidatedCall, PermittedCall> {
  return async (call) => {
    if (!scopeCovers(call.agent.scopes, call.action.scope)) {
      kit.reportSecurityEvent('authorization_violation', { agent: call.agent.id, scope: call.action.scope });
      throw insufficientScope(call.action.scope);
    }
    const startedAt = performance.now();
    const { decision, context } = await policy.evaluate(call.agent, call.action.scope, toContext(call));
    call.observed.timings.policy = performance.now() - startedAt;
    call.observed.decisionId = context.decisionId;
    if (!decision) throw denied(kit, call, context);
    if (context.permit === undefined) throw new ProblemError('policy.unavailable');
    return { ...call, permit: context.permit } as PermittedCall;
  };
}

function toContext(call: ValidatedCall): CallContext {
  const { callId, params, facts, requestBytes, intent } = call;
  return { callId, params, facts, requestBytes, dryRun: false, ...(intent === undefined ? {} : { intent }) };
}

function denied(
  kit: Kit,
  call: ValidatedCall,
  { decisionId, reasons }: EvaluationResponse['context'],
): ProblemError {
  const reason = reasons[0]?.rule ?? 'no_policy';
  const detail = reasons.map((each) => each.detail).join(' ');
  kit.reportSecurityEvent('authorization_violation', {
    agent: call.agent.id,
    scope: call.action.scope,
    decision_id: decisionId,
    reason,
  });
  return new ProblemError('policy.denied', { detail, extensions: { reason, decisionId } });
}
