import assert from 'node:assert/strict';
import type { Policy } from '@4runr/contracts/policy';
import { type Replay, replaySchema } from '@4runr/contracts/replay';
import type { EdgeClient } from '@4runr/local-stack';
import { type Candidate, candidatesOf, type Expected } from './hour-candidates.ts';
import type { MadeCall } from './hour-records.ts';
import type { RecordedHour } from './record-hour.ts';
import type { ReplayedMesh } from './replayed-mesh.ts';

/** What a replay told of the hour, when it was what was expected. */
export interface ReplayRow {
  readonly change: string;
  readonly evaluated: number;
  /** How many verdicts were given and would be, as `allowed -> denied`. */
  readonly changed: Readonly<Record<string, number>>;
  readonly undeterminable: number;
  /** What is not known of them. */
  readonly unknown: Readonly<Record<string, number>>;
}

/** Mails to more recipients than are recorded: the guard on these cannot be asked again. */
const isCut = ({ kind }: MadeCall) => kind === 'mail to many';

/**
 * Replays the hour by the policies that decided it, then by each candidate, and compares call by call with what is expected.
 *
 * @throws AssertionError where a replay lists another call, or another verdict, or leaves open more or less
 */
export async function replayHour(mesh: ReplayedMesh, hour: RecordedHour): Promise<readonly ReplayRow[]> {
  const unchanged: Omit<Candidate, 'policy'> = { change: 'none', expect: () => 'same' };
  const { token } = await mesh.signIn();
  const rows: ReplayRow[] = [];
  for (const candidate of [unchanged, ...candidatesOf(hour)])
    rows.push(await replayBy({ ...mesh, token }, hour, candidate));
  return rows;
}

async function replayBy(
  { edge, token }: Pick<ReplayedMesh, 'edge'> & { readonly token: string },
  { calls, from, to }: RecordedHour,
  candidate: Omit<Candidate, 'policy'> & Partial<Pick<Candidate, 'policy'>>,
): Promise<ReplayRow> {
  const { change, policy } = candidate;
  const replay = await readReplay(edge, token, {
    from,
    to,
    ...(policy === undefined ? {} : { policy }),
  });
  const verdicts = calls.map((call, at) => ({
    call,
    expected: isCut(call) ? 'open' : candidate.expect(call, calls.slice(0, at)),
  }));
  const differing = verdicts.filter(({ call, expected }) => isOther(call, expected));
  const expectedChanges = differing.map(({ call, expected }) => [
    call.record.id,
    `${call.record.decision} -> ${expected}`,
  ]);
  const changes = replay.changed.map(({ callId, recorded, candidate: would }) => [
    callId,
    `${recorded.decision} -> ${would.decision}`,
  ]);
  assert.deepEqual(changes.sort(), expectedChanges.sort(), change);
  const open = verdicts.filter(({ expected }) => expected === 'open');
  assert.deepEqual([replay.evaluated, replay.undeterminable], [calls.length, open.length], change);
  return {
    change,
    evaluated: replay.evaluated,
    changed: countBy(changes.map(([, verdict = '']) => verdict)),
    undeterminable: replay.undeterminable,
    unknown: Object.fromEntries(replay.unknown.map(({ what, calls: count }) => [what, count])),
  };
}

function isOther({ record }: MadeCall, expected: Expected): boolean {
  return expected !== 'same' && expected !== 'open' && expected !== record.decision;
}

/** What would have become of the calls of a period; the pages of the answer as one. */
export async function readReplay(
  edge: EdgeClient,
  token: string,
  asked: { from: string; to: string; policy?: Policy },
): Promise<Pick<Replay, 'evaluated' | 'changed' | 'undeterminable' | 'unknown'>> {
  const pages: Replay[] = [];
  do {
    const cursor = pages.at(-1)?.nextCursor;
    const json = { ...asked, ...(cursor == null ? {} : { cursor }) };
    const { status, body } = await edge.send('/v1/policies/replay', { method: 'POST', token, json });
    assert.equal(status, 200, JSON.stringify(body));
    pages.push(replaySchema.parse(body));
  } while (pages.at(-1)?.nextCursor !== null);
  const sum = (of: (page: Replay) => number) => pages.reduce((total, page) => total + of(page), 0);
  return {
    evaluated: sum(({ evaluated }) => evaluated),
    changed: pages.flatMap(({ changed }) => changed),
    undeterminable: sum(({ undeterminable }) => undeterminable),
    unknown: pages.flatMap(({ unknown }) => unknown),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]),
  );
}
