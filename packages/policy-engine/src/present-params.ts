import type { PiiKind, Readings } from '@4runr/contracts/decision';
import { holdsPii } from '@4runr/pii-detection';
import type { CelInput } from '@bufbuild/cel';
import type { Condition } from './condition/condition.ts';
import {
  readSharedVariables,
  type SharedVariables,
  toConditionValue,
} from './condition/condition-variables.ts';
import { type ParamsReader, readingKeyOf } from './params-reader.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';
import { textsIn } from './texts-in.ts';

/** How many conditions are remembered of one call: its record has no room for more. */
const conditionsMax = 50;

/** Reads the parameters of a call that is decided now, each thing once, and remembers what it read. */
export class PresentParams implements ParamsReader {
  readonly #call: PolicyCall;
  readonly #at: Date;
  #texts: readonly string[] | 'too many' | undefined;
  #shared: SharedVariables | undefined;
  #params: CelInput | 'too many' | undefined;
  #read: Readings | undefined;
  #conditions = 0;

  constructor(call: PolicyCall, at: Date) {
    this.#call = call;
    this.#at = at;
  }

  /** What was read so far; `undefined` where nothing was. */
  get read(): Readings | undefined {
    return this.#read;
  }

  holdsPii(kind: PiiKind): boolean {
    this.#read ??= { conditions: {}, pii: {} };
    this.#read.pii[kind] ??= this.#lookFor(kind);
    return this.#read.pii[kind];
  }

  isTrue(condition: Condition, agent: PolicySubject): boolean {
    this.#read ??= { conditions: {}, pii: {} };
    const { conditions } = this.#read;
    const key = readingKeyOf(condition, this.#call, agent);
    const known = conditions[key];
    if (known !== undefined) return known;
    const isTrue = this.#evaluate(condition, agent);
    if (this.#conditions < conditionsMax) {
      this.#conditions += 1;
      conditions[key] = isTrue;
    }
    return isTrue;
  }

  #lookFor(kind: PiiKind): boolean {
    this.#texts ??= textsIn(this.#call.params) ?? 'too many';
    return this.#texts === 'too many' || this.#texts.some((text) => holdsPii(text, [kind]));
  }

  /** Parameters that are too many to be looked at make no condition true that would look at them. */
  #evaluate(condition: Condition, agent: PolicySubject): boolean {
    this.#shared ??= readSharedVariables(this.#call, this.#at);
    if (!condition.readsParams) return condition.isTrue({ ...this.#shared, params: null, agent });
    this.#params ??= toConditionValue(this.#call.params) ?? 'too many';
    return this.#params !== 'too many' && condition.isTrue({ ...this.#shared, params: this.#params, agent });
  }
}
