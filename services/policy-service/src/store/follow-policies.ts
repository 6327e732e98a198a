import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import { DatabaseUnfitError } from '@4runr/service-kit/postgres';
import type { ActivePolicies } from '../domain/active-policies.ts';
import type { PolicySource } from '../domain/policy-store.ts';

/** Between two looks at the revision, in milliseconds: a change is active on every replica within a second. */
const pollMs = 250;

export interface PolicyFollower {
  /** When the policies in memory were last known to be those in the store, in milliseconds since the epoch. */
  checkedAt(): number;
}

/**
 * Keeps the policies in memory what they are in the store, from now until the service stops. The first look is awaited,
 * whether it succeeds or not: while the store is away decisions go on by what is in memory, and a document that this
 * version does not understand leaves all policies as they were.
 *
 * @throws DatabaseUnfitError
 */
export async function followPolicies(
  kit: Kit,
  parts: { active: ActivePolicies; source: PolicySource; prepare: () => Promise<void> },
): Promise<PolicyFollower> {
  const { active, source, prepare } = parts;
  let checkedAt = 0;

  async function refresh(): Promise<void> {
    await prepare();
    const startedAt = Date.now();
    if ((await source.revision()) !== active.revision()) {
      const { revision, documents } = await source.snapshot();
      active.replace(revision, documents);
      kit.logger.info({ revision, policies: documents.length }, 'policies loaded');
    }
    checkedAt = startedAt;
  }

  // What else fails now fails again at once, and is then logged.
  await refresh().catch((error: unknown) => {
    if (error instanceof DatabaseUnfitError) throw error;
  });
  repeatUntilClosed(kit, { name: 'following of policies', everyMs: pollMs, run: refresh });
  return { checkedAt: () => checkedAt };
}
