import { reasonsMax } from '@4runr/contracts/decision';
import type { Verdict } from './decision.ts';
import { type Asked, judgeAgent } from './judge-agent.ts';
import { mergeObligations } from './merge-obligations.ts';
import type { PolicySubject } from './policy-call.ts';
import type { ApplyingRules } from './policy-set.ts';

/** One agent that needs permission for the call, and the rules that apply to it. */
export interface Party {
  readonly agent: PolicySubject;
  readonly rules: Pick<ApplyingRules, 'allow' | 'deny'>;
}

/** Allowed where every party is, each by its own policies; what these oblige to adds up. The subject comes first. */
export function judge(parties: readonly [Party, ...Party[]], asked: Omit<Asked, 'agent'>): Verdict {
  const judgeParty = ({ agent, rules }: Party) => judgeAgent(rules, { ...asked, agent });
  const [subject, ...actors] = parties;
  if (actors.length === 0) return judgeParty(subject);
  return intersect([attributed(subject), ...actors.map(attributed)]);

  function attributed(party: Party): Verdict {
    return attribute(judgeParty(party), party.agent);
  }
}

/** The same verdict, its reasons saying whose permission they are about. */
function attribute(verdict: Verdict, { id: agent }: PolicySubject): Verdict {
  const [first, ...others] = verdict.reasons;
  return { ...verdict, reasons: [{ ...first, agent }, ...others.map((reason) => ({ ...reason, agent }))] };
}

/** Allowed where all allow; else every denial says what it was decided by, that of the subject first. */
function intersect([own, ...others]: readonly [Verdict, ...Verdict[]]): Verdict {
  const verdicts = [own, ...others];
  const denials = verdicts.filter(({ allowed }) => !allowed);
  const allowed = denials.length === 0;
  const [deciding = own, ...rest] = allowed ? verdicts : denials;
  const [first, ...further] = deciding.reasons;
  const reasons = [...further, ...rest.flatMap((verdict) => verdict.reasons)];
  return {
    allowed,
    policy: deciding.policy,
    reasons: [first, ...reasons.slice(0, reasonsMax - 1)],
    obligations: allowed ? mergeObligations(verdicts.flatMap(({ obligations }) => obligations)) : [],
  };
}
