import assert from 'node:assert/strict';
import type { MailEnd, SeenMail } from './keyed-mail.ts';
import type { MailRun } from './mail-run.ts';
import type { WatchedMesh } from './watched-mesh.ts';
import { type AuditRow, auditRowsOf, subjectsReceived } from './witnesses.ts';

/** What came of a run, by what clients were told in the end. */
export interface MailResult {
  /** How many mails ended so, and how many of them have arrived. */
  readonly ends: Readonly<Record<MailEnd, { readonly mails: number; readonly arrived: number }>>;
  readonly requests: number;
  /** Answers that were given for an earlier request. */
  readonly replays: number;
  /** Calls that the audit trail knows of, with those that were answered by an earlier one's outcome. */
  readonly recorded: number;
}

/**
 * Compares, mail by mail, what its client was told, what the simulated Gmail received, and the audit trail.
 *
 * @throws AssertionError where they do not agree, or a mail has arrived twice
 */
export async function reconcileMails(mesh: WatchedMesh, run: MailRun): Promise<MailResult> {
  const arrived = await arrivedOf(mesh, run);
  const rows = await auditRowsOf(mesh.database, [run.agent.id]);
  const rowsOf = Map.groupBy(rows, ({ paramsSha256 }) => paramsSha256);
  const ends = { sent: none(), 'not sent': none(), unknown: none() };
  for (const mail of run.seen) {
    const hasArrived = arrived.has(mail.subject);
    assertTold(mail, hasArrived);
    assertRecorded(mail, rowsOf.get(mail.paramsSha256) ?? []);
    ends[mail.end].mails += 1;
    if (hasArrived) ends[mail.end].arrived += 1;
  }
  return {
    ends,
    requests: run.seen.reduce((sum, { requests }) => sum + requests, 0),
    replays: run.seen.reduce((sum, { replays }) => sum + replays, 0),
    recorded: rows.length,
  };
}

const none = () => ({ mails: 0, arrived: 0 });

async function arrivedOf(mesh: WatchedMesh, { name }: MailRun): Promise<ReadonlySet<string>> {
  const subjects = await subjectsReceived(mesh.simulatorUrl);
  const ours = subjects.filter((subject) => subject.startsWith(`${name} `));
  const arrived = new Set(ours);
  assert.equal(arrived.size, ours.length, 'a mail has arrived twice');
  return arrived;
}

function assertTold({ subject, end, code }: SeenMail, hasArrived: boolean): void {
  if (end === 'sent') assert.ok(hasArrived, `${subject} was sent, and has not arrived`);
  if (end === 'not sent') assert.ok(!hasArrived, `${subject} has arrived, and its client was told ${code}`);
}

/** At most one call of a mail was dispatched, and everything else that was answered names it. */
function assertRecorded({ subject, end }: SeenMail, rows: readonly AuditRow[]): void {
  const made = rows.filter(({ replayOf }) => replayOf === null);
  const replays = rows.filter(({ replayOf }) => replayOf !== null);
  const dispatched = made.filter((row) => row.dispatched === 'yes' || row.dispatched === 'maybe');
  assert.ok(dispatched.length <= 1, `${subject} was dispatched ${dispatched.length} times`);
  const origins = new Set(replays.map(({ replayOf }) => replayOf));
  assert.ok(origins.size <= 1, `${subject} was answered by the outcomes of several calls`);
  // Of a call whose replica died the trail knows no outcome.
  const untold = made.filter(({ outcome }) => outcome === null);
  const candidates = [...dispatched, ...untold];
  for (const origin of origins)
    assert.ok(
      candidates.some(({ id }) => id === origin),
      `${subject} was answered by a call that was not dispatched`,
    );
  const completed = dispatched.filter(({ outcome }) => outcome === 'completed');
  if (end === 'sent')
    assert.ok(completed.length === 1 || untold.length > 0, `${subject} is not recorded as sent`);
  // Of what is unknown to a client the trail may know more: the word to one of them was lost, not that to the other.
  if (end === 'not sent') assert.equal(completed.length, 0, `${subject} is recorded as sent`);
  if (end === 'unknown')
    assert.ok(
      replays.some(({ code, outcome }) => code === 'upstream.outcome_unknown' || outcome === null),
      `nothing is recorded of ${subject} being unknown`,
    );
}
