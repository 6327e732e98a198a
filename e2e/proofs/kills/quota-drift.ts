import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { WatchedMesh } from './watched-mesh.ts';
import { countedCallsOf, roleHoldersOf } from './witnesses.ts';

/** The settings of a mesh whose drift is looked at: counts are compared with the trail every second. */
export const driftEnvironment = { QUOTA_COMPARISON_SECONDS: '1' };

/** A replica that is killed has its turn for three seconds, and a round takes up to six; the machine may be busy. */
const comparedWithinMs = 30_000;

/**
 * Asserts that policy-service finds every count of a quota as the audit trail tells, but for shares of roles that were orphaned.
 *
 * @returns how many these are, over all roles of the mesh
 */
export async function assertNoDrift(mesh: WatchedMesh): Promise<number> {
  const orphaned = await countOrphans(mesh);
  const drift = await nextDrift(mesh);
  assert.deepEqual(drift, orphaned === 0 ? {} : { 'role calls over': orphaned });
  return orphaned;
}

/** Shares of roles that nobody has settled, of calls that do not count by the trail. */
async function countOrphans({ redis, database }: WatchedMesh): Promise<number> {
  const holders = await roleHoldersOf(redis);
  const counted = new Set(await countedCallsOf(database, holders));
  return holders.filter((id) => !counted.has(id)).length;
}

/** What policy-service says of drift, where it is not zero, once it has read all counts anew. */
async function nextDrift({ policyUrls }: WatchedMesh): Promise<Readonly<Record<string, number>>> {
  const asked = Date.now();
  const until = asked + comparedWithinMs;
  for (;;) {
    for (const url of policyUrls()) {
      const text = await readMetrics(url);
      const age = /^gateway_quota_comparison_age_seconds\{.*\} (.*)$/m.exec(text)?.[1];
      if (age !== undefined && Date.now() - Number(age) * 1_000 > asked) return readDrift(text);
    }
    if (Date.now() > until) throw new Error('counts of quotas are not compared');
    await delay(100);
  }
}

/** A replica that is being started again says nothing. */
async function readMetrics(url: string): Promise<string> {
  return fetch(`${url}/metrics`).then(
    (response) => response.text(),
    () => '',
  );
}

function readDrift(text: string): Record<string, number> {
  const lines = text.matchAll(/^gateway_quota_drift\{per="(\w+)",cost="(\w+)",direction="(\w+)".*\} (.*)$/gm);
  const values = [...lines].map(([, per, cost, direction, value]) => [
    `${per} ${cost} ${direction}`,
    Number(value),
  ]);
  return Object.fromEntries(values.filter(([, value]) => value !== 0));
}
