import { isAdapterObligation, type Reason, reasonsMax } from '@4runr/contracts/decision';
import type { Decision } from '@4runr/policy-engine';

/**
 * Denies what could only be allowed with an obligation on the answer that nobody carries out yet: what policies ask for is done,
 * or the call is not made. Whoever makes them real deletes this file.
 */
export function denyWhatIsNotCarriedOut(decision: Decision): Decision {
  if (!decision.allowed) return decision;
  const [first, ...others] = obligationsNotKept(decision);
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

function obligationsNotKept({ obligations }: Decision): readonly Reason[] {
  return obligations
    .filter((obligation) => !isAdapterObligation(obligation))
    .map(({ type }) => {
      const detail = `An obligation on the answer, ${type}, is not carried out yet.`;
      return { rule: 'unknown', policy: null, pointer: null, detail };
    });
}
