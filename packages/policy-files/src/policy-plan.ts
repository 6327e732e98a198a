import type { Policy, PolicyRecord } from '@4runr/contracts/policy';
import { policyVersion } from '@4runr/policy-engine';

/** What it takes to make a gateway's policies what the files say. */
export type PolicyStep =
  | { readonly kind: 'create'; readonly name: string; readonly after: Policy }
  | { readonly kind: 'change'; readonly name: string; readonly before: PolicyRecord; readonly after: Policy }
  | { readonly kind: 'delete'; readonly name: string; readonly before: PolicyRecord };

export interface PolicyPlan {
  /** In the order in which they are taken: creations and changes by name, then deletions by name. */
  readonly steps: readonly PolicyStep[];
  /** Names of what is as it should be already. */
  readonly unchanged: readonly string[];
}

/** Compares files with what is active. The same input gives the same plan, in whatever order it comes. */
export function planPolicies(wanted: readonly Policy[], active: readonly PolicyRecord[]): PolicyPlan {
  const current = new Map(active.map((record) => [record.name, record]));
  const names = new Set(wanted.map(({ name }) => name));
  const compared = wanted.toSorted(byName).map((policy) => compare(policy, current.get(policy.name)));
  const deletions = active
    .filter(({ name }) => !names.has(name))
    .toSorted(byName)
    .map((before): PolicyStep => ({ kind: 'delete', name: before.name, before }));
  return {
    steps: [...compared.filter((step) => typeof step !== 'string'), ...deletions],
    unchanged: compared.filter((step) => typeof step === 'string'),
  };
}

/** The step that a policy needs; its name where it needs none. */
function compare(after: Policy, before: PolicyRecord | undefined): PolicyStep | string {
  const { name } = after;
  if (before === undefined) return { kind: 'create', name, after };
  return before.version === policyVersion(after) ? name : { kind: 'change', name, before, after };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
