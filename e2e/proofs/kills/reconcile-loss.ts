import assert from 'node:assert/strict';
import { auditStreams } from '@4runr/contracts/audit';
import { hashParams } from '@4runr/service-kit/mesh';
import { untilSucceeds } from '../measure/outage.ts';
import { isAcknowledged, type LossRun } from './loss-run.ts';
import { mailCall } from './tracked-call.ts';
import type { WatchedMesh } from './watched-mesh.ts';
import { type AuditRow, auditRowsOf, changedTargetsOf, subjectsReceived } from './witnesses.ts';

/** What came of a run. */
export interface LossResult {
  /** Calls whose answer named their record: carried out, denied, limited, or failed after the decision. */
  readonly acknowledged: number;
  readonly mails: number;
  readonly changes: number;
  /** Calls that were answered with 200 and whose record does not tell so: they are closed as `unknown` after 31 minutes. */
  readonly withoutOutcome: number;
}

/** Changes reach the streams within a second of Redis' return, and the trail after that. */
const changesShowWithinMs = 30_000;

/**
 * Compares what clients and operators were told with the audit trail in Postgres.
 *
 * @throws AssertionError where the trail lacks something that was acknowledged, has it twice, or contradicts it
 */
export async function reconcileLoss(mesh: WatchedMesh, run: LossRun): Promise<LossResult> {
  await assertChangesShow(mesh, run);
  await assertNothingSetAside(mesh);
  const rows = await auditRowsOf(
    mesh.database,
    run.agents.map(({ id }) => id),
  );
  assert.equal(new Set(rows.map(({ id }) => id)).size, rows.length, 'a call has two rows');
  const decided = rows.flatMap(({ paramsSha256 }) => paramsSha256 ?? []);
  assert.equal(new Set(decided).size, decided.length, 'a request became two calls');

  const rowOf = new Map(rows.map((row) => [row.paramsSha256, row]));
  const subjects = (await subjectsReceived(mesh.simulatorUrl)).filter((each) =>
    each.startsWith(`${run.name} `),
  );
  const mails = new Set(subjects.map((subject) => hashParams(mailCall(subject).params)));
  assert.equal(mails.size, subjects.length, 'a mail was sent twice');
  for (const mail of mails)
    assert.equal(rowOf.get(mail)?.decision, 'allowed', 'a mail was sent that the trail does not tell of');

  const told = run.seen.map((call) => ({ ...call, row: rowOf.get(call.paramsSha256) }));
  const acknowledged = told.filter(isAcknowledged);
  for (const { code, callId, decisionId, paramsSha256, row } of acknowledged) {
    assert.ok(row !== undefined, `the trail lost what was answered with ${code} (${callId ?? decisionId})`);
    if (callId !== undefined) assert.equal(row.id, callId);
    if (decisionId !== undefined) assert.equal(row.decisionId, decisionId);
    assertTellsTheSame(code, row, mails.has(paramsSha256));
  }
  return {
    acknowledged: acknowledged.length,
    mails: mails.size,
    changes: run.changed.length,
    withoutOutcome: acknowledged.filter(({ code, row }) => code === '200' && row?.outcome === null).length,
  };
}

const decisionOf: Readonly<Record<string, AuditRow['decision']>> = {
  '200': 'allowed',
  'policy.denied': 'denied',
  'quota.exceeded': 'limited',
};

function assertTellsTheSame(code: string, { id, decision, outcome }: AuditRow, isMailed: boolean): void {
  const expected = decisionOf[code];
  if (expected === undefined) return;
  assert.equal(decision, expected, `${id} was answered with ${code}`);
  assert.equal(isMailed, expected === 'allowed', `${id} was answered with ${code}`);
  // A proxy that is killed, and a Redis that stays away, may take the outcome along; the decision never.
  if (code === '200') assert.ok(outcome === null || outcome === 'completed', `${id} is ${outcome}`);
}

async function assertChangesShow(mesh: WatchedMesh, { changed }: LossRun): Promise<void> {
  let shown: readonly string[] = [];
  await untilSucceeds(async () => {
    shown = await changedTargetsOf(mesh.database, changed);
    return new Set(shown).size === changed.length;
  }, changesShowWithinMs).catch(() => {
    const lost = changed.filter((target) => !shown.includes(target));
    assert.fail(`changes that were acknowledged are not in the trail: ${lost.join(', ')}`);
  });
  assert.equal(shown.length, changed.length, 'a change has two rows');
}

async function assertNothingSetAside({ redis }: WatchedMesh): Promise<void> {
  for (const { rejectedKey } of auditStreams)
    assert.equal(await redis.xLen(rejectedKey), 0, `${rejectedKey} holds what could not be stored`);
}
