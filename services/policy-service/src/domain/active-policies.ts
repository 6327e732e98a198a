import { type PolicySet, updatePolicies } from '@4runr/policy-engine';
import { ProblemError } from '@4runr/service-kit/errors';

export interface PoliciesOfRevision {
  readonly revision: string;
  readonly policies: PolicySet;
}

/** What decisions are made by: a compiled copy in memory, which stays when the database goes. */
export interface ActivePolicies {
  /** @throws ProblemError `policy.unavailable` before anything was loaded: nothing may be allowed unseen */
  current(): PoliciesOfRevision;
  /** The revision that `current` is of; `undefined` before anything was loaded. */
  revision(): string | undefined;
  /**
   * Takes the documents of a revision in place of what was there, all or none.
   *
   * @throws Error when this version does not understand one of them: leaving it out could leave out a deny
   */
  replace(revision: string, documents: readonly unknown[]): void;
}

export function createActivePolicies(): ActivePolicies {
  let active: PoliciesOfRevision | undefined;
  return {
    current() {
      if (active === undefined) {
        throw new ProblemError('policy.unavailable', {
          detail: 'No policies have been loaded yet.',
          headers: { 'Retry-After': '1' },
        });
      }
      return active;
    },
    revision: () => active?.revision,
    replace(revision, documents) {
      active = { revision, policies: updatePolicies(active?.policies, documents) };
    },
  };
}
