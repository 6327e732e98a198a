import type { Facts, Reason, RuleKind } from '@4runr/contracts/decision';
import { CallFacts } from './call-facts.ts';
import { partiesOf, quotasOf } from './decide.ts';
import type { Decision } from './decision.ts';
import { judge } from './judge.ts';
import type { PastCall } from './past-call.ts';
import { PastParams } from './past-params.ts';
import type { PolicySet } from './policy-set.ts';

/** What can be said of a past call. */
export type Reconsidered =
  | {
      readonly isCertain: true;
      readonly verdict: Pick<Decision, 'allowed' | 'policy' | 'reasons' | 'obligations' | 'quotas'>;
    }
  /** It depends on what is not known any more: which of these rules are met. */
  | { readonly isCertain: false; readonly unknown: readonly RuleKind[] };

/**
 * What these policies would have made of a past call. By the policies that decided it they make the same of it, as long as all
 * facts are known. What is not known any more is taken once for unmet and once for met: no guard that is met can turn an allow
 * into a deny, so what both say is certain. A certain verdict names a rule that would have decided; where something is unknown, another
 * of the same verdict might have come first.
 */
export function reconsider(policies: PolicySet, call: PastCall, at: Date): Reconsidered {
  const least = assess(policies, call, { at, isMet: false });
  if (least.assumed.size === 0 || least.verdict.allowed) return { isCertain: true, verdict: least.verdict };
  const most = assess(policies, call, { at, isMet: true });
  if (!most.verdict.allowed) return { isCertain: true, verdict: most.verdict };
  return { isCertain: false, unknown: namedIn(least.verdict.reasons, least.assumed) };
}

/** The kinds of rule that were assumed to be unmet and are said to be; all that were assumed where there are too many to be said. */
function namedIn(reasons: readonly Reason[], assumed: ReadonlySet<RuleKind>): readonly RuleKind[] {
  const named = assumed.intersection(new Set(reasons.map(({ rule }) => rule)));
  return [...(named.size > 0 ? named : assumed)];
}

const ruleOf: Readonly<Record<keyof Facts, RuleKind>> = {
  url: 'domain',
  model: 'model',
  recipient: 'recipient',
};

function assess(policies: PolicySet, call: PastCall, { at, isMet }: { at: Date; isMet: boolean }) {
  const params = new PastParams(call, at, isMet);
  const known = { ...call, facts: assumeFacts(call, isMet) };
  const parties = partiesOf(policies, call);
  const verdict = judge(parties, { call: known, facts: new CallFacts(known, at, params) });
  const assumedFacts = Array.from(call.unknownFacts, (kind) => ruleOf[kind]);
  return {
    verdict: { ...verdict, quotas: quotasOf(verdict, parties) },
    assumed: params.assumed.union(new Set(assumedFacts)),
  };
}

/** To none a guard has nothing to object; what cannot be read meets none but one that takes every model. */
function assumeFacts({ facts, unknownFacts }: PastCall, isMet: boolean): Facts {
  if (unknownFacts.size === 0) return facts;
  const assumed = isMet ? [] : [unreadable];
  const of = (kind: keyof Facts) => (unknownFacts.has(kind) ? assumed : facts[kind]);
  return { url: of('url'), model: of('model'), recipient: of('recipient') };
}

const unreadable = '\0';
