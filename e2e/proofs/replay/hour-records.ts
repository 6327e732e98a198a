import assert from 'node:assert/strict';
import { auditListSchema, type CallRecord } from '@4runr/contracts/audit';
import type { EdgeClient } from '@4runr/local-stack';
import { untilSucceeds } from '../measure/outage.ts';
import { type Hindrance, isHindrance, type PlannedCall, type Told } from './hour-traffic.ts';
import type { ReplayedMesh } from './replayed-mesh.ts';

/** A call as its client saw it. */
export interface SeenCall {
  readonly planned: PlannedCall;
  readonly traceId: string;
  readonly told: Told | Hindrance;
  /** Answered by what had come of an earlier call with its idempotency key. */
  readonly isRepeated: boolean;
}

/** A call that was decided, and the record of it. */
export interface MadeCall extends PlannedCall, Pick<SeenCall, 'told' | 'isRepeated'> {
  readonly record: CallRecord;
}

/** The trail shows a call within two seconds; a busy machine takes longer. */
const shownWithinMs = 120_000;

/**
 * The record of each call that was decided. Whoever was told of a decision has one, that says the same.
 *
 * @throws AssertionError where the trail or what came of a call is not as planned
 */
export async function findRecords(
  mesh: ReplayedMesh,
  seen: readonly SeenCall[],
  period: { readonly from: string; readonly to: string },
): Promise<{ calls: readonly MadeCall[]; undecided: ReadonlyMap<Hindrance, number> }> {
  const { token } = await mesh.signIn();
  const told = seen.filter((call) => !isHindrance(call.told));
  let byTrace: ReadonlyMap<string, CallRecord> = new Map();
  const lacking = () => told.filter(({ traceId }) => !byTrace.has(traceId));
  await untilSucceeds(async () => {
    byTrace = await recordsOf(mesh.edge, token, { seen, period });
    return lacking().length === 0;
  }, shownWithinMs).catch(() => {});
  const names = lacking().map(({ planned, told: code, traceId }) => `${planned.kind}: ${code} (${traceId})`);
  assert.deepEqual(names, [], 'calls without a record of their decision');
  const undecided = new Map<Hindrance, number>();
  const calls = seen.flatMap((call) => {
    const record = byTrace.get(call.traceId);
    if (record !== undefined) return [madeOf(call, record)];
    if (isHindrance(call.told)) undecided.set(call.told, (undecided.get(call.told) ?? 0) + 1);
    return [];
  });
  return { calls, undecided };
}

function madeOf({ planned, told, isRepeated }: SeenCall, record: CallRecord): MadeCall {
  if (!isHindrance(told)) {
    assert.equal(record.decision, verdictTold(told), `${planned.kind}: ${told}`);
  }
  return { ...planned, told, isRepeated, record };
}

function verdictTold(told: Told): CallRecord['decision'] {
  if (told === 'quota.exceeded') return 'limited';
  return told.startsWith('policy.denied') ? 'denied' : 'allowed';
}

async function recordsOf(
  edge: EdgeClient,
  token: string,
  of: { seen: readonly SeenCall[]; period: { readonly from: string; readonly to: string } },
): Promise<ReadonlyMap<string, CallRecord>> {
  const wanted = new Set(of.seen.map(({ traceId }) => traceId));
  const records = await listCalls(edge, token, of.period);
  const found = records.flatMap((record): [string, CallRecord][] =>
    record.decision !== undefined && record.traceId != null && wanted.has(record.traceId)
      ? [[record.traceId, record]]
      : [],
  );
  const byTrace = new Map(found);
  assert.equal(byTrace.size, found.length, 'a call has two records');
  return byTrace;
}

async function listCalls(
  edge: EdgeClient,
  token: string,
  period: { readonly from: string; readonly to: string },
): Promise<CallRecord[]> {
  const records: CallRecord[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({
      kind: 'call',
      limit: '500',
      ...period,
      ...(cursor === null ? {} : { cursor }),
    });
    const list = auditListSchema.parse((await edge.send(`/v1/audit?${query}`, { token })).body);
    records.push(...list.items.filter((item) => item.kind === 'call'));
    cursor = list.nextCursor;
  } while (cursor !== null);
  return records;
}
