import type { Facts, Readings } from '@4runr/contracts/decision';
import type { PolicyCall } from './policy-call.ts';

/** What is left of a call that was decided: everything but its parameters, of which there is what guards read then. */
export interface PastCall extends Omit<PolicyCall, 'params'> {
  /** `undefined` where no guard read anything. */
  readonly readings: Readings | undefined;
  /** Kinds of facts of which not all are in `facts`, or not as they were. */
  readonly unknownFacts: ReadonlySet<keyof Facts>;
}
