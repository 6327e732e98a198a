import { type Obligation, reasonsMax } from '@4runr/contracts/decision';
import { readFacts } from './call-facts.ts';
import { decideForAgent } from './decide-for-agent.ts';
import type { Decision } from './decision.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';
import type { PolicySet } from './policy-set.ts';

/**
 * May this call be made? The subject and every agent that acts for it need permission, each by its own policies; what these
 * oblige to adds up.
 */
export function decide(policies: PolicySet, call: PolicyCall): Decision {
  const { subject, actors = [] } = call;
  const asked = { call, facts: readFacts(call) };
  const own = decideForAgent(policies, subject, asked);
  if (actors.length === 0) return own;
  return intersect([
    attribute(own, subject),
    ...actors.map((actor) => attribute(decideForAgent(policies, actor, asked), actor)),
  ]);
}

/** The same decision, its reasons saying whose permission they are about. */
function attribute(decision: Decision, { id: agent }: PolicySubject): Decision {
  const [first, ...others] = decision.reasons;
  return { ...decision, reasons: [{ ...first, agent }, ...others.map((reason) => ({ ...reason, agent }))] };
}

/** Allowed where all allow; else every denial says what it was decided by, that of the subject first. */
function intersect([own, ...others]: readonly [Decision, ...Decision[]]): Decision {
  const decisions = [own, ...others];
  const denials = decisions.filter(({ allowed }) => !allowed);
  const allowed = denials.length === 0;
  const [deciding = own, ...rest] = allowed ? decisions : denials;
  const [first, ...further] = deciding.reasons;
  const reasons = [...further, ...rest.flatMap((decision) => decision.reasons)];
  return {
    allowed,
    policy: deciding.policy,
    reasons: [first, ...reasons.slice(0, reasonsMax - 1)],
    obligations: allowed ? distinct(decisions.flatMap(({ obligations }) => obligations)) : [],
  };
}

/** Each obligation once: agents of one role are obliged by the same policies. */
function distinct(obligations: readonly Obligation[]): readonly Obligation[] {
  return [...new Map(obligations.map((obligation) => [JSON.stringify(obligation), obligation])).values()];
}
