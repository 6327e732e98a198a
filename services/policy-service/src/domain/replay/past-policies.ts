import type { Policy } from '@4runr/contracts/policy';
import { type PolicySet, replacePolicies, updatePolicies } from '@4runr/policy-engine';
import { makeRoom } from '@4runr/service-kit/bounded-memory';
import type { ReplayedPolicies } from './replay-call.ts';

/** What was active at a revision. */
export interface PolicyPastSource {
  /** The documents as they stand in the store; `undefined` for a revision that never was. */
  documentsAt(revision: string): Promise<readonly unknown[] | undefined>;
}

/** Most revisions that are kept compiled: calls around a change come of the one before and the one after it by turns. */
const revisionsMax = 4;

/**
 * Policies of past revisions, compiled when they are asked for; what two revisions have in common is compiled once.
 *
 * @param known compiled policies, whichever
 * @returns `undefined` for a revision that is not known, or of which this version does not understand a document
 */
export function createPastPolicies(
  source: PolicyPastSource,
  { known, candidate }: { readonly known: PolicySet; readonly candidate: Policy | undefined },
): (revision: string) => Promise<ReplayedPolicies | undefined> {
  const compiled = new Map<string, ReplayedPolicies | undefined>();
  let last = known;

  async function compile(revision: string): Promise<ReplayedPolicies | undefined> {
    const documents = await source.documentsAt(revision);
    if (documents === undefined) return undefined;
    try {
      last = updatePolicies(last, documents);
    } catch {
      return undefined;
    }
    return { active: last, assumed: candidate === undefined ? last : replacePolicies(last, [candidate]) };
  }

  return async (revision) => {
    if (compiled.has(revision)) return compiled.get(revision);
    const policies = await compile(revision);
    makeRoom(compiled, revisionsMax);
    compiled.set(revision, policies);
    return policies;
  };
}
