import type { PiiKind } from '@4runr/contracts/decision';
import type { Condition } from './condition/condition.ts';
import type { PolicyCall, PolicySubject } from './policy-call.ts';

/** Answers what guards ask of the parameters of one call. */
export interface ParamsReader {
  /** Whether they hold personal data of the kind; true as well where they are too long to be looked through. */
  holdsPii(kind: PiiKind): boolean;
  /** Whether a condition is true of the call, where the permission of this agent is asked about. */
  isTrue(condition: Condition, agent: PolicySubject): boolean;
}

/**
 * Under what name it is recorded whether a condition was true: by its text, and which of the call's agents was asked about.
 *
 * @param agent the call's own subject, or one of its own actors
 */
export function readingKeyOf(
  { id }: Condition,
  { subject, actors = [] }: Pick<PolicyCall, 'subject' | 'actors'>,
  agent: PolicySubject,
): string {
  return agent === subject ? id : `${id}/${actors.indexOf(agent)}`;
}
