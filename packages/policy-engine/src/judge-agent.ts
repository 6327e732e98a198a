import { type Obligation, type Reason, reasonsMax } from '@4runr/contracts/decision';
import type { CallFacts } from './call-facts.ts';
import type { Verdict } from './decision.ts';
import { mergeObligations } from './merge-obligations.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';
import { isMet } from './requirement.ts';
import type { AllowRule, DenyRule } from './rule.ts';

/** What is judged: a call, and whose permission to make it is asked about. */
export interface Asked {
  readonly call: Pick<PolicyCall, 'scope' | 'facts'>;
  /** Of the call. */
  readonly facts: CallFacts;
  /** The call's subject, or one that acts for it. */
  readonly agent: PolicySubject;
}

/**
 * May this agent make the call? Deny by default. A call is allowed when no rule denies its scope, and at least one allows it with
 * all of its own guards met: guards are never lent from one policy to another, and the order of the policies makes no difference.
 *
 * @param rules those that apply to calls of the scope by the agent
 */
export function judgeAgent(
  { allow, deny }: { readonly allow: readonly AllowRule[]; readonly deny: readonly DenyRule[] },
  asked: Asked,
): Verdict {
  const met = allow.filter(({ requirements }) =>
    requirements.every(({ test }) => isMet(test, asked.facts, asked.agent)),
  );
  const [deciding] = met;
  const forbidding = [...deny.map(({ reason }) => reason), ...reasonsAgainstStream(allow, asked)];
  if (deciding !== undefined && forbidding.length === 0) {
    return {
      allowed: true,
      policy: deciding.policy,
      reasons: [deciding.reason],
      obligations: addUp(domainsObligations(met, asked.call), allow),
    };
  }
  const lacking = deciding === undefined ? explainLack(allow, asked) : [];
  return denial([...forbidding, ...lacking], asked.call.scope);
}

/** What redirects must keep to, and what all that allow the scope ask to be done to the answer. */
function addUp(domains: readonly Obligation[], allow: readonly AllowRule[]): readonly Obligation[] {
  const onAnswers = allow.flatMap(({ obligations }) => obligations);
  return onAnswers.length === 0 ? domains : mergeObligations([...domains, ...onAnswers]);
}

/** What all that allow the scope ask to be done to the answer, and cannot be where it is streamed. */
function reasonsAgainstStream(allow: readonly AllowRule[], { facts }: Asked): readonly Reason[] {
  return facts.isStreamed ? allow.flatMap(({ againstStreams }) => againstStreams ?? []) : [];
}

function denial(reasons: readonly Reason[], scope: string): Verdict {
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
function explainLack(rules: readonly AllowRule[], { facts, agent }: Asked): readonly Reason[] {
  return rules
    .map(({ requirements }) => requirements.filter(({ test }) => !isMet(test, facts, agent)))
    .toSorted((a, b) => a.length - b.length)
    .flatMap((unmet) => unmet.map(({ reason }) => reason));
}

/**
 * The hosts that redirects may lead to. A hop has to fit a policy that allowed the call: where one of these has no guard
 * on domains every host does, else their lists unite. A host that one of them denies stays denied, which may be less
 * than each alone would give, never more.
 */
function domainsObligations(met: readonly AllowRule[], call: Asked['call']): readonly Obligation[] {
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
