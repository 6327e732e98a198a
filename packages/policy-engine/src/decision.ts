import type { Obligation, PolicyReference, QuotaClaim, Readings, Reason } from '@4runr/contracts/decision';

/** Whether one call may be made, and why. */
export interface Verdict {
  readonly allowed: boolean;
  /** The policy that decided; null where none names the scope for the subject. */
  readonly policy: PolicyReference | null;
  /** The rule that decided first; on a denial, then what else would have been needed. At most `reasonsMax`. */
  readonly reasons: readonly [Reason, ...Reason[]];
  /** What must be done when the call is carried out; empty on a denial. */
  readonly obligations: readonly Obligation[];
}

/** What the verdict would be if a policy in shadow were enforced. */
export interface ShadowVerdict extends Pick<Verdict, 'allowed' | 'reasons'> {
  /** The policy in shadow. */
  readonly policy: PolicyReference;
}

/** The verdict on one call, and what goes with it. */
export interface Decision extends Verdict {
  /** What the call takes of quotas, the subject's alone; empty on a denial. */
  readonly quotas: readonly QuotaClaim[];
  /** One for each policy in shadow that names the scope for the subject or who acts for it, by name; at most `shadowMax`. */
  readonly shadow: readonly ShadowVerdict[];
  /** What was read of the parameters to reach all this, for `reconsider`; `undefined` where nothing was. */
  readonly readings: Readings | undefined;
}

/** How many policies in shadow a decision says the verdict of. */
export const shadowMax = 20;
