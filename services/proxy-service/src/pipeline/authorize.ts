import type { Costs } from '@4runr/contracts/cost';
import {
  type AdapterObligation,
  type EvaluationResponse,
  fitsStream,
  isAdapterObligation,
} from '@4runr/contracts/decision';
import { scopeCovers } from '@4runr/contracts/token';
import { insufficientScope } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { type AnswerRules, compileAnswerRules } from '../domain/answer/answer-rules.ts';
import type { Observed, ValidatedCall } from '../domain/call.ts';
import { costsOf } from '../domain/call-costs.ts';
import { type CallContext, type PolicyClient, policyUnavailable } from '../mesh/policy-client.ts';
import type { Step } from './pipeline.ts';
import { traceDecision } from './trace-call.ts';

/**
 * A call that policy has allowed, as it was when policy saw it. Only `authorize` can make one, and `forward` takes nothing
 * else: the class stays in this file, and its private member keeps copies and look-alikes from being of its type.
 */
class Permitted {
  readonly call: ValidatedCall;
  /** What must be done to the answer. */
  readonly answerRules: AnswerRules | undefined;
  /** What the adapter must keep, as the permit tells it. */
  readonly adapterObligations: readonly AdapterObligation[];
  readonly #permit: string | undefined;

  constructor(
    call: ValidatedCall,
    obliged: Pick<Permitted, 'answerRules' | 'adapterObligations'>,
    permit: string | undefined,
  ) {
    this.call = call;
    this.answerRules = obliged.answerRules;
    this.adapterObligations = obliged.adapterObligations;
    this.#permit = permit;
  }

  /** The proof for the adapter. @throws ProblemError `policy.unavailable` for a replay, which nobody may carry out */
  get permit(): string {
    if (this.#permit === undefined) throw policyUnavailable(new Error('a replay is permitted to nobody'));
    return this.#permit;
  }

  /** The same, for an exchange that others wait for as well: what is seen of it is noted apart from the call. */
  apart(observed: Observed): Permitted {
    return new Permitted({ ...this.call, observed }, this, this.#permit);
  }
}
export type PermittedCall = Permitted;

/**
 * May this agent do this, now, with these parameters?
 *
 * @throws ProblemError `scope.insufficient` for what the token does not carry, `policy.denied` with reason and decision id,
 * `quota.exceeded` with `Retry-After`, `policy.unavailable` when there is no decision: no decision, no call
 */
export function authorize(parts: {
  kit: Pick<Kit, 'reportSecurityEvent'>;
  policy: PolicyClient;
}): Step<ValidatedCall, PermittedCall> {
  const { kit, policy } = parts;
  return async (call) => {
    if (!scopeCovers(call.agent.scopes, call.action.scope)) {
      const refusal = insufficientScope(call.action.scope, call.presented);
      reportRefusal(kit, call, refusal);
      throw refusal;
    }
    call.observed.costs = costsOf(call.action.manifest.cost, call.params);
    const decided = await evaluate(policy, call, call.observed.costs.bound);
    traceDecision(decided);
    const { decision, context } = decided;
    call.observed.decisionId = context.decisionId;
    call.observed.quota = context.quota;
    if (!decision && context.retryAfterSeconds !== undefined)
      throw limited(context, context.retryAfterSeconds);
    if (!decision) throw denied(kit, call, context);
    if (context.recordedAt !== undefined) call.observed.recordedAt = context.recordedAt;
    if (context.permit === undefined && call.keyed?.kind !== 'replay') {
      throw policyUnavailable(new Error(`${context.decisionId} allows the call and permits it to nobody`));
    }
    const answerRules = readAnswerRules(context, call);
    const adapterObligations = context.obligations.filter(isAdapterObligation);
    return new Permitted(call, { answerRules, adapterObligations }, context.permit);
  };
}

async function evaluate(
  policy: PolicyClient,
  call: ValidatedCall,
  costs: Costs,
): Promise<EvaluationResponse> {
  const startedAt = performance.now();
  try {
    return await policy.evaluate(call.agent, call.action.scope, toContext(call, costs));
  } finally {
    call.observed.timings.policy = performance.now() - startedAt;
  }
}

/** Whoever cannot do what a decision obliges to has none. */
function readAnswerRules(
  { obligations }: EvaluationResponse['context'],
  { streamed }: ValidatedCall,
): AnswerRules | undefined {
  try {
    if (streamed && !obligations.every(fitsStream))
      throw new TypeError('it obliges to what cannot be done to a stream');
    return compileAnswerRules(obligations);
  } catch (error) {
    throw policyUnavailable(error);
  }
}

function toContext(call: ValidatedCall, costs: Costs): CallContext {
  const { callId, params, facts, requestBytes, streamed, keyed, intent } = call;
  return {
    ...{ callId, params, facts, requestBytes, dryRun: false },
    ...(keyed?.kind === 'replay' ? { replayOf: keyed.earlier.callId } : {}),
    ...(streamed ? { streamed } : {}),
    ...(intent === undefined ? {} : { intent }),
    ...(Object.keys(costs).length === 0 ? {} : { costs }),
  };
}

/** A quota is used up: nothing that its agent did wrong. */
function limited(
  { decisionId, reasons }: EvaluationResponse['context'],
  retryAfterSeconds: number,
): ProblemError {
  return new ProblemError('quota.exceeded', {
    detail: reasons.map(({ detail }) => detail).join(' '),
    headers: { 'Retry-After': String(retryAfterSeconds) },
    extensions: { reason: 'quota', decisionId },
  });
}

function denied(
  kit: Pick<Kit, 'reportSecurityEvent'>,
  call: ValidatedCall,
  { decisionId, reasons }: EvaluationResponse['context'],
): ProblemError {
  const reason = reasons[0]?.rule ?? 'no_policy';
  const detail = reasons.map((each) => each.detail).join(' ');
  const refusal = new ProblemError('policy.denied', { detail, extensions: { reason, decisionId } });
  reportRefusal(kit, call, refusal, { decision_id: decisionId, reason });
  return refusal;
}

function reportRefusal(
  kit: Pick<Kit, 'reportSecurityEvent'>,
  { agent, action, callId }: ValidatedCall,
  { code }: ProblemError,
  decided: object = {},
): void {
  kit.reportSecurityEvent('authorization_violation', {
    ...{ code, agent: agent.id, client: agent.clientId, scope: action.scope, call_id: callId },
    ...decided,
  });
}
