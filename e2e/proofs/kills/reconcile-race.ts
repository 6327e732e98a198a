import assert from 'node:assert/strict';
import { hashParams } from '@4runr/service-kit/mesh';
import type { Race } from './quota-race.ts';
import { mailCall } from './tracked-call.ts';
import type { WatchedMesh } from './watched-mesh.ts';
import {
  type AuditRow,
  auditRowsOf,
  isCounted,
  quotaCountsOf,
  roleHoldersOf,
  subjectsReceived,
} from './witnesses.ts';

/** What came of a race. */
export interface RaceResult {
  /** Mails that arrived. */
  readonly executed: number;
  /** Calls that count in the quota by the audit trail. */
  readonly taken: number;
  /** Those of them that no mail arrived of. */
  readonly lost: number;
  /** Shares of the role's quota that are held by calls which were never allowed. */
  readonly orphaned: number;
  /** Calls that were allowed, not sent, and given back. */
  readonly givenBack: number;
  /** Calls that were answered with 200 and whose record does not tell so, 0 unless replicas were killed. */
  readonly withoutOutcome: number;
  /** How many calls were answered how. */
  readonly answers: Readonly<Record<string, number>>;
}

/**
 * Compares, row by row, what the clients saw, what the simulated Gmail received, the audit trail, and the counters in Redis.
 *
 * @throws AssertionError where they do not agree, or more was carried out than the limit allows
 */
export async function reconcileRace(mesh: WatchedMesh, race: Race): Promise<RaceResult> {
  const rows = await auditRowsOf(
    mesh.database,
    race.agents.map(({ id }) => id),
  );
  const subjects = (await subjectsReceived(mesh.simulatorUrl)).filter((each) =>
    each.startsWith(`${race.role} `),
  );
  const executed = new Set(subjects.map((subject) => hashParams(mailCall(subject).params)));
  assert.equal(executed.size, subjects.length, 'a mail was sent twice');
  assert.ok(subjects.length <= race.limit, `${subjects.length} mails, and the limit is ${race.limit}`);

  assertOneRowEach(rows);
  assertSeenIsRecorded(race, rows, executed);
  const counted = rows.filter(isCounted);
  const byParams = new Set(counted.map(({ paramsSha256 }) => paramsSha256));
  for (const mail of executed) assert.ok(byParams.has(mail), 'a mail was sent that the trail does not count');
  const orphaned = await assertCounters(mesh, race, counted);

  const lost = counted.filter(({ paramsSha256 }) => !executed.has(paramsSha256 ?? ''));
  for (const row of lost)
    assert.ok(row.outcome !== 'completed', `${row.id} is recorded as completed, and no mail arrived`);
  return {
    executed: executed.size,
    taken: counted.length,
    lost: lost.length,
    orphaned,
    givenBack: rows.filter((row) => row.decision === 'allowed' && !isCounted(row)).length,
    withoutOutcome: countWithoutOutcome(race, rows),
    answers: countBy(race.seen.map(({ code }) => code)),
  };
}

/** The trail has each call once, whatever was killed while it was stored. */
function assertOneRowEach(rows: readonly AuditRow[]): void {
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'a call has two rows');
  const decided = rows.flatMap(({ paramsSha256 }) => paramsSha256 ?? []);
  assert.equal(new Set(decided).size, decided.length, 'a request became two calls');
}

/** Whatever a client was told is what the trail says. */
function assertSeenIsRecorded(
  { seen, killed }: Race,
  rows: readonly AuditRow[],
  executed: ReadonlySet<string>,
): void {
  const rowOf = new Map(rows.map((row) => [row.paramsSha256, row]));
  for (const { code, paramsSha256, callId, decisionId } of seen) {
    const row = rowOf.get(paramsSha256);
    if (code === '200') {
      assert.deepEqual([row?.id, row?.decision], [callId, 'allowed']);
      // A proxy that could not tell the outcome at once and is killed takes it along; the decision never.
      const isTakenAlong = row?.outcome === null && killed.length > 0;
      assert.ok(isTakenAlong || row?.outcome === 'completed', `${callId} is ${row?.outcome}`);
      assert.ok(executed.has(paramsSha256), `${callId} was answered with 200, and no mail arrived`);
    } else if (code === 'quota.exceeded') {
      assert.deepEqual([row?.decisionId, row?.decision], [decisionId, 'limited']);
      assert.ok(!executed.has(paramsSha256), `${row?.id} was refused, and a mail arrived`);
    } else if (code === 'policy.unavailable') {
      assert.ok(!executed.has(paramsSha256), 'a call without a decision was carried out');
    }
  }
}

function countWithoutOutcome({ seen }: Race, rows: readonly AuditRow[]): number {
  const open = new Set(rows.filter(({ outcome }) => outcome === null).map(({ id }) => id));
  return seen.filter(({ code, callId }) => code === '200' && open.has(callId ?? '')).length;
}

/** @returns how many shares of the role are held by calls that do not count */
async function assertCounters(
  mesh: WatchedMesh,
  { role, agents, limit }: Race,
  counted: readonly AuditRow[],
): Promise<number> {
  for (const { id } of agents) {
    const own = counted.filter(({ agent }) => agent === id).map((row) => row.id);
    for (const { used, calls } of await quotaCountsOf(mesh.redis, 'agent', id)) {
      assert.equal(used, own.length, 'the counter of an agent and the trail differ');
      if (calls !== undefined) assert.deepEqual(calls, own.sort());
    }
  }
  const ids = new Set(counted.map(({ id }) => id));
  const orphans = (await roleHoldersOf(mesh.redis, role)).filter((id) => !ids.has(id));
  for (const { used } of await quotaCountsOf(mesh.redis, 'role', role)) {
    assert.ok(used <= limit, `${used} shares of the role are taken, and the limit is ${limit}`);
    assert.equal(used, counted.length + orphans.length, 'the counter of the role and the trail differ');
  }
  return orphans.length;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts = Map.groupBy(names, (name) => name);
  return Object.fromEntries([...counts].map(([name, { length }]) => [name, length]));
}
