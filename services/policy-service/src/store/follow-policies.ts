import { setTimeout as delay } from 'node:timers/promises';
import type { Kit } from '@4runr/service-kit/lifecycle';
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
 */
export async function followPolicies(
  kit: Kit,
  parts: { active: ActivePolicies; source: PolicySource; prepare: () => Promise<void> },
): Promise<PolicyFollower> {
  const { active, source } = parts;
  const prepareOnce = onceDone(parts.prepare);
  let checkedAt = 0;
  let failing = false;

  async function refresh(): Promise<void> {
    await prepareOnce();
    const startedAt = Date.now();
    const revision = await source.revision();
    if (revision !== active.revision()) {
      active.replace(revision, await source.documents());
      kit.logger.info({ revision, policies: active.current().size }, 'policies loaded');
    }
    checkedAt = startedAt;
  }

  /** Says once that following fails, and once that it works again. */
  async function look(): Promise<void> {
    try {
      await refresh();
      if (failing) kit.logger.info('policies are followed again');
      failing = false;
    } catch (error) {
      if (!failing) kit.logger.error({ err: error }, 'policies cannot be followed; those in memory stay');
      failing = true;
    }
  }

  const stop = new AbortController();
  await look();
  const following = repeat(look, stop.signal);
  kit.onClose('policies', () => {
    stop.abort();
    return following;
  });
  return { checkedAt: () => checkedAt };
}

async function repeat(look: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(pollMs, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) await look();
  }
}

/** Runs the work until it has succeeded once. */
function onceDone(work: () => Promise<void>): () => Promise<void> {
  let done = false;
  return async () => {
    if (done) return;
    await work();
    done = true;
  };
}
