import type { Obligation, PolicyReference, Reason } from '@4runr/contracts/decision';

/** The verdict on one call. */
export interface Decision {
  readonly allowed: boolean;
  /** The policy that decided; null where none names the scope for the subject. */
  readonly policy: PolicyReference | null;
  /** The rule that decided first; on a denial, then what else would have been needed. At most `reasonsMax`. */
  readonly reasons: readonly [Reason, ...Reason[]];
  /** What must be done when the call is carried out; empty on a denial. */
  readonly obligations: readonly Obligation[];
}
