import type { QuotaClaim } from '@4runr/contracts/decision';
import { CallFacts } from './call-facts.ts';
import { type Decision, type ShadowVerdict, shadowMax, type Verdict } from './decision.ts';
import { judge, type Party } from './judge.ts';
import type { Asked } from './judge-agent.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';
import { type ApplyingRules, byPolicyName, type PolicySet } from './policy-set.ts';
import { PresentParams } from './present-params.ts';

/** An agent that needs permission, and everything that applies to it. */
export interface FullParty extends Party {
  readonly rules: ApplyingRules;
}

/**
 * May this call be made at this time? The subject and every agent that acts for it need permission, each by its own policies.
 * Quotas are the subject's.
 */
export function decide(policies: PolicySet, call: PolicyCall, at: Date): Decision {
  const params = new PresentParams(call, at);
  const asked = { call, facts: new CallFacts(call, at, params) };
  const parties = partiesOf(policies, call);
  const verdict = judge(parties, asked);
  return {
    ...verdict,
    quotas: quotasOf(verdict, parties),
    shadow: judgeShadows(parties, asked),
    readings: params.read,
  };
}

/** Everybody who needs permission for the call, its subject first. */
export function partiesOf(
  policies: PolicySet,
  { scope, subject, actors = [] }: Pick<PolicyCall, 'scope' | 'subject' | 'actors'>,
): readonly [FullParty, ...FullParty[]] {
  const toParty = (agent: PolicySubject) => ({ agent, rules: policies.rulesFor(scope, agent) });
  return [toParty(subject), ...actors.map(toParty)];
}

/** What the call takes of quotas by this verdict. */
export function quotasOf(
  { allowed }: Verdict,
  [subject]: readonly [FullParty, ...FullParty[]],
): readonly QuotaClaim[] {
  return allowed ? subject.rules.allow.flatMap(({ quotas }) => quotas) : [];
}

/** What enforcing each policy in shadow would make of the verdict, one at a time. */
function judgeShadows(
  parties: readonly [FullParty, ...FullParty[]],
  asked: Omit<Asked, 'agent'>,
): readonly ShadowVerdict[] {
  const rules = parties.flatMap((party) => party.rules.shadow);
  if (rules.length === 0) return [];
  const policies = new Map(rules.map(({ policy }) => [policy.name, policy]));
  return [...policies.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, shadowMax)
    .map((policy) => {
      const [subject, ...actors] = parties;
      const enforced = (party: FullParty) => enforcing(policy.name, party);
      const { allowed, reasons } = judge([enforced(subject), ...actors.map(enforced)], asked);
      return { policy, allowed, reasons };
    });
}

/** A party as it would be if the policy were enforced. */
function enforcing(name: string, { agent, rules }: FullParty): Party {
  const shadow = rules.shadow.find(({ policy }) => policy.name === name);
  if (shadow === undefined) return { agent, rules };
  const { allow, deny } = shadow;
  return {
    agent,
    rules: {
      allow: allow === undefined ? rules.allow : [...rules.allow, allow].sort(byPolicyName),
      deny: deny === undefined ? rules.deny : [...rules.deny, deny].sort(byPolicyName),
    },
  };
}
