import { isAdapterObligation, type Reason, reasonsMax } from '@4runr/contracts/decision';
import type { Decision } from '@4runr/policy-engine';

/**
 * Denies what could only be allowed with a quota that nobody takes yet, or with an obligation on the answer that nobody carries
 * out yet: what policies ask for is done, or the call is not made. Whoever makes one of the two real deletes its part here, and at
 * last this file.
 */
export function denyWhatIsNotCarriedOut(decision: Decision): Decision {
  if (!decision.allowed) return decision;
  const [first, ...others] = [...quotasNotTaken(decision), ...obligationsNotKept(decision)];
  if (first === undefined) return decision;
  return {
    allowed: false,
    policy: first.policy,
    reasons: [first, ...others.slice(0, reasonsMax - 1)],
    obligations: [],
    quotas: [],
    shadow: decision.shadow,
  };
}

function quotasNotTaken({ quotas }: Decision): readonly Reason[] {
  return quotas.map(({ policy, pointer }) => {
    const detail = `${policy.name} needs a quota to be taken, which is not done yet.`;
    return { rule: 'unknown', policy, pointer, detail };
  });
}

function obligationsNotKept({ obligations }: Decision): readonly Reason[] {
  return obligations
    .filter((obligation) => !isAdapterObligation(obligation))
    .map(({ type }) => {
      const detail = `An obligation on the answer, ${type}, is not carried out yet.`;
      return { rule: 'unknown', policy: null, pointer: null, detail };
    });
}
