import { type Obligation, type PolicyReference, type Reason, reasonsMax } from '@4runr/contracts/decision';
import { type CallFacts, readFacts } from './call-facts.ts';
import type { PolicyCall } from './policy-call.ts';
import type { AllowRule, PolicySet } from './policy-set.ts';
import { isMet } from './requirement.ts';

/** The verdict on one call. */
export interface Decision {
  readonly allowed: boolean;
  /** The policy that decided; null where none names the scope for the subject. */
  readonly policy: PolicyReference | null;
  /** The rule that decided first; on a denial, then what else would have been needed. At most `reasonsMax`. */
  readonly reasons: readonly [Reason, ...Reason[]];
  /** What must be done when the call is carried out; empty on a denial. */
  readonly obligations: readonly Obligation[];
}

/**
 * May this call be made? Deny by default. A call is allowed when no policy that applies denies its scope, and at least
 * one allows it with all of its own guards met: guards are never lent from one policy to another, and the order of the
 * policies makes no difference.
 */
export function decide(policies: PolicySet, call: PolicyCall): Decision {
  const { allow, deny } = policies.rulesFor(call.scope, call.subject);
  const facts = readFacts(call);
  const met = allow.filter(({ requirements }) => requirements.every(({ test }) => isMet(test, facts)));
  const [deciding] = met;
  if (deciding !== undefined && deny.length === 0) {
    return {
      allowed: true,
      policy: deciding.policy,
      reasons: [deciding.reason],
      obligations: domainsObligations(met, call),
    };
  }
  const lacking = deciding === undefined ? explainLack(allow, facts) : [];
  return denial([...deny.map(({ reason }) => reason), ...lacking], call.scope);
}

function denial(reasons: readonly Reason[], scope: string): Decision {
  const [first = noPolicy(scope), ...rest] = reasons;
  return {
    allowed: false,
    policy: first.policy,
    reasons: [first, ...rest.slice(0, reasonsMax - 1)],
    obligations: [],
  };
}

function noPolicy(scope: string): Reason {
  const detail = `No policy of this agent or its role allows ${scope}.`;
  return { rule: 'no_policy', policy: null, pointer: null, detail };
}

/** What each allowing policy would have needed; the one that came nearest first. */
function explainLack(rules: readonly AllowRule[], facts: CallFacts): readonly Reason[] {
  return rules
    .map(({ requirements }) => requirements.filter(({ test }) => !isMet(test, facts)))
    .toSorted((a, b) => a.length - b.length)
    .flatMap((unmet) => unmet.map(({ reason }) => reason));
}

/**
 * The hosts that redirects may lead to. A hop has to fit a policy that allowed the call: where one of these has no guard
 * on domains every host does, else their lists unite. A host that one of them denies stays denied, which may be less
 * than each alone would give, never more.
 */
function domainsObligations(met: readonly AllowRule[], call: PolicyCall): readonly Obligation[] {
  if (call.facts.url.length === 0) return [];
  const domains = met.map((rule) => rule.domains).filter((guard) => guard !== undefined);
  if (domains.length < met.length) return [];
  const unite = (lists: readonly (readonly string[])[]) => [...new Set(lists.flat())].sort();
  return [
    {
      type: 'domains',
      allow: unite(domains.map(({ allow }) => allow)),
      deny: unite(domains.map(({ deny }) => deny)),
    },
  ];
}
