import type { PiiKind, Readings, RuleKind } from '@4runr/contracts/decision';
import type { Condition } from './condition/condition.ts';
import { readSharedVariables } from './condition/condition-variables.ts';
import { type ParamsReader, readingKeyOf } from './params-reader.ts';
import type { PastCall } from './past-call.ts';
import type { PolicySubject } from './policy-call.ts';

const nothingRead: Readings = { conditions: {}, pii: {} };

/** Answers for parameters that are not there any more, by what was read of them; what was not is assumed. */
export class PastParams implements ParamsReader {
  readonly #call: PastCall;
  readonly #at: Date;
  readonly #isMet: boolean;
  readonly #readings: Readings;
  readonly #assumed = new Set<RuleKind>();

  /** @param isMet whether guards whose answer is not known are taken for met */
  constructor(call: PastCall, at: Date, isMet: boolean) {
    this.#call = call;
    this.#at = at;
    this.#isMet = isMet;
    this.#readings = call.readings ?? nothingRead;
  }

  /** The kinds of rule for which something was assumed so far. */
  get assumed(): ReadonlySet<RuleKind> {
    return this.#assumed;
  }

  holdsPii(kind: PiiKind): boolean {
    return this.#readings.pii[kind] ?? !this.#assume('pii');
  }

  /** A condition that looks at nothing but what is recorded of every call needs no reading. */
  isTrue(condition: Condition, agent: PolicySubject): boolean {
    const { subject, actors, scope, intent, facts, unknownFacts } = this.#call;
    const known = this.#readings.conditions[readingKeyOf(condition, { subject, actors }, agent)];
    if (known !== undefined) return known;
    if (condition.readsParams || (condition.readsFacts && unknownFacts.size > 0)) return this.#assume('when');
    const shared = readSharedVariables({ scope, intent, facts }, this.#at);
    return condition.isTrue({ ...shared, params: null, agent });
  }

  #assume(rule: RuleKind): boolean {
    this.#assumed.add(rule);
    return this.#isMet;
  }
}
