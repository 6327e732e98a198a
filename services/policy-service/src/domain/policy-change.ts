import type { Policy, PolicyChange } from '@4runr/contracts/policy';
import type { StoredPolicy } from './policy-store.ts';

/** Who causes a change, and within which exchange. */
export interface ChangeOrigin {
  /** `sub` of the operator. */
  readonly operator: string;
  readonly traceId: string | null;
}

/** What becomes of a policy that is there. */
export type PolicyEdit =
  | { readonly change: 'update' | 'rollback'; readonly document: Policy }
  | { readonly change: 'delete' };

/** What a policy was. */
export interface PolicyPast {
  /** The document of a version of this policy; `undefined` where it never was. Nothing says that it is still understood. */
  document(version: string): Promise<unknown>;
}

/** Changes of what is active. Each is in the history and in the audit trail with its effect, or there is none of them. */
export interface PolicyChanges {
  /** @throws ProblemError `conflict` when a policy of the name is active */
  create(document: Policy, origin: ChangeOrigin): Promise<StoredPolicy>;
  /**
   * Changes an active policy as `decide` says, which sees it as nobody else changes it meanwhile; `undefined` leaves it as it
   * is. `decide` may be asked again.
   *
   * @returns the policy afterwards, or as it was before it was deleted, and whether anything changed; `undefined` without a
   * policy of the name
   * @throws what `decide` throws; then nothing has changed
   */
  change(
    name: string,
    origin: ChangeOrigin,
    decide: (
      policy: StoredPolicy,
      past: PolicyPast,
    ) => PolicyEdit | undefined | Promise<PolicyEdit | undefined>,
  ): Promise<{ readonly policy: StoredPolicy; readonly edit: PolicyEdit | undefined } | undefined>;
}

/** One entry of a policy's history, as `PolicyHistoryEntry` of the contract; newest have the highest number. */
export interface StoredPolicyChange {
  readonly number: number;
  readonly change: PolicyChange;
  readonly version: string | null;
  readonly document: Policy | null;
  readonly at: Date;
  readonly by: string;
}

/** What became of policies over time. */
export interface PolicyHistories {
  /** A page of the changes of a name, newest first, those before the number given. `next` is the number to go on before. */
  list(page: {
    name: string;
    before: number | undefined;
    limit: number;
  }): Promise<{ items: readonly StoredPolicyChange[]; next: number | undefined }>;
}
