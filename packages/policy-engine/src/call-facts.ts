import type { PiiKind } from '@4runr/contracts/decision';
import { type MailAddress, parseMailAddress } from '@4runr/contracts/policy';
import { holdsPii } from '@4runr/pii-detection';
import type { Condition } from './condition/condition.ts';
import { readConditionVariables, type SharedVariables } from './condition/condition-variables.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';
import { textsIn } from './texts-in.ts';

/**
 * The facts of one call as guards compare them, read once for all policies; what few of them look at, when the first does. A value
 * that cannot be read is `undefined` and fits no guard.
 */
export class CallFacts {
  readonly at: Date;
  readonly intent: string | undefined;
  readonly requestBytes: number;
  readonly hosts: readonly (string | undefined)[];
  readonly models: readonly string[];
  readonly recipients: readonly (MailAddress | undefined)[];
  readonly #call: PolicyCall;
  #texts: readonly string[] | 'too many' | undefined;
  #kinds: Map<PiiKind, boolean> | undefined;
  #variables: SharedVariables | 'too many' | undefined;

  constructor(call: PolicyCall, at: Date) {
    this.at = at;
    this.intent = call.intent;
    this.requestBytes = call.requestBytes;
    this.hosts = call.facts.url.map(readHost);
    this.models = call.facts.model;
    this.recipients = call.facts.recipient.map(parseMailAddress);
    this.#call = call;
  }

  /** Whether the parameters hold personal data of one of the kinds; true as well where they are too long to be looked through. */
  holdsPii(kinds: readonly PiiKind[]): boolean {
    return kinds.some((kind) => this.#holdsKind(kind));
  }

  /** Whether a condition is true of the call, where the permission of this agent is asked about. */
  isTrue(condition: Condition, agent: PolicySubject): boolean {
    this.#variables ??= readConditionVariables(this.#call, this.at) ?? 'too many';
    return this.#variables !== 'too many' && condition.isTrue({ ...this.#variables, agent });
  }

  #holdsKind(kind: PiiKind): boolean {
    this.#texts ??= textsIn(this.#call.params) ?? 'too many';
    if (this.#texts === 'too many') return true;
    this.#kinds ??= new Map();
    const found = this.#kinds.get(kind) ?? this.#texts.some((text) => holdsPii(text, [kind]));
    this.#kinds.set(kind, found);
    return found;
  }
}

/** The host that a fetch of the url would reach: the WHATWG parser is the one that the adapter uses too. */
function readHost(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.hostname : undefined;
}
