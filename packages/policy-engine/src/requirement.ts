import type { PiiKind, Reason } from '@4runr/contracts/decision';
import { type DomainPattern, matchesDomain } from '@4runr/contracts/domain-pattern';
import { matchesRecipient, type RecipientPattern } from '@4runr/contracts/policy';
import type { CallFacts } from './call-facts.ts';
import type { Condition } from './condition/condition.ts';
import type { PolicySubject } from './policy-call.ts';
import type { Schedule } from './schedule/schedule.ts';

/** A model's exact name, or the beginning of names. */
export interface ModelPattern {
  readonly kind: 'exact' | 'prefix';
  readonly text: string;
}

/** What a call must keep to for one policy to allow it, by the kind of rule. */
export type RequirementTest =
  | { readonly rule: 'schedule'; readonly schedule: Schedule }
  | { readonly rule: 'intent'; readonly allow: ReadonlySet<string> }
  | { readonly rule: 'request_bytes'; readonly max: number }
  | {
      readonly rule: 'domain';
      readonly allow: readonly DomainPattern[];
      readonly deny: readonly DomainPattern[];
    }
  | { readonly rule: 'model'; readonly allow: readonly ModelPattern[] }
  | { readonly rule: 'recipient'; readonly allow: readonly RecipientPattern[] }
  | { readonly rule: 'pii'; readonly detect: readonly PiiKind[] }
  | { readonly rule: 'when'; readonly condition: Condition }
  | { readonly rule: 'streaming' }
  | { readonly rule: 'unknown' };

/** A test, and what is said when a call does not pass it. */
export interface Requirement {
  readonly test: RequirementTest;
  readonly reason: Reason;
}

/**
 * Whether the call keeps to it. Every fact of the kind has to fit; what this version does not know is never met.
 *
 * @param agent whose permission is asked about
 */
export function isMet(test: RequirementTest, facts: CallFacts, agent: PolicySubject): boolean {
  switch (test.rule) {
    case 'schedule':
      return test.schedule.isOpen(facts.at);
    case 'intent':
      return facts.intent !== undefined && test.allow.has(facts.intent);
    case 'request_bytes':
      return facts.requestBytes <= test.max;
    case 'domain':
      return facts.hosts.every((host) => host !== undefined && isHostAllowed(test, host));
    case 'model':
      return facts.models.every((model) => test.allow.some((pattern) => matchesModel(pattern, model)));
    case 'recipient':
      return facts.recipients.every(
        (address) =>
          address !== undefined && test.allow.some((pattern) => matchesRecipient(pattern, address)),
      );
    case 'pii':
      return !facts.holdsPii(test.detect);
    case 'when':
      return facts.isTrue(test.condition, agent);
    case 'streaming':
      return !facts.isStreamed;
    case 'unknown':
      return false;
    default:
      return neverMet(test);
  }
}

function isHostAllowed(
  test: { allow: readonly DomainPattern[]; deny: readonly DomainPattern[] },
  host: string,
): boolean {
  const fits = (pattern: DomainPattern) => matchesDomain(pattern, host);
  return test.allow.some(fits) && !test.deny.some(fits);
}

function matchesModel(pattern: ModelPattern, model: string): boolean {
  return pattern.kind === 'exact' ? model === pattern.text : model.startsWith(pattern.text);
}

/** The compiler proves that no kind is forgotten; a kind that got past it denies. */
function neverMet(_test: never): false {
  return false;
}
