import type { PiiKind } from '@4runr/contracts/decision';
import { type MailAddress, parseMailAddress } from '@4runr/contracts/policy';
import type { Condition } from './condition/condition.ts';
import type { ParamsReader } from './params-reader.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';

/** What guards look at of a call, its parameters apart. */
export type Guarded = Pick<PolicyCall, 'intent' | 'requestBytes' | 'streamed' | 'facts'>;

/**
 * The facts of one call as guards compare them, read once for all policies; what few of them look at, when the first does. A value
 * that cannot be read is `undefined` and fits no guard.
 */
export class CallFacts {
  readonly at: Date;
  readonly intent: string | undefined;
  readonly requestBytes: number;
  readonly isStreamed: boolean;
  readonly hosts: readonly (string | undefined)[];
  readonly models: readonly string[];
  readonly recipients: readonly (MailAddress | undefined)[];
  readonly #params: ParamsReader;

  constructor({ intent, requestBytes, streamed, facts }: Guarded, at: Date, params: ParamsReader) {
    this.at = at;
    this.intent = intent;
    this.requestBytes = requestBytes;
    this.isStreamed = streamed === true;
    this.hosts = facts.url.map(readHost);
    this.models = facts.model;
    this.recipients = facts.recipient.map(parseMailAddress);
    this.#params = params;
  }

  /**
   * Whether the parameters hold personal data of one of the kinds; true as well where they are too long to be looked through.
   * All kinds are looked for, found or not: it is recorded what was.
   */
  holdsPii(kinds: readonly PiiKind[]): boolean {
    return kinds.filter((kind) => this.#params.holdsPii(kind)).length > 0;
  }

  /** Whether a condition is true of the call, where the permission of this agent is asked about. */
  isTrue(condition: Condition, agent: PolicySubject): boolean {
    return this.#params.isTrue(condition, agent);
  }
}

/** The host that a fetch of the url would reach: the WHATWG parser is the one that the adapter uses too. */
function readHost(text: string): string | undefined {
  const url = URL.parse(text);
  return url?.protocol === 'https:' || url?.protocol === 'http:' ? url.hostname : undefined;
}
