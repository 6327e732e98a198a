import type { Policy } from '@4runr/contracts/policy';
import type { ChangedCall, Replay, ReplayUnknown } from '@4runr/contracts/replay';
import type { PolicySet } from '@4runr/policy-engine';
import type { AuditPosition } from '../audit-trail.ts';
import { type OpenFacts, type PastDecision, parsePastDecision } from './past-decision.ts';
import { createPastPolicies, type PolicyPastSource } from './past-policies.ts';
import { type ReplayedCall, replayCall } from './replay-call.ts';

/** A call's record as it is stored, and where it stands in the trail. */
export interface PastRecord extends AuditPosition {
  readonly body: unknown;
}

/** The calls of the trail, oldest first. */
export interface PastCalls {
  read(page: {
    fromMs: number;
    toMs: number;
    after: AuditPosition | undefined;
    limit: number;
  }): Promise<readonly PastRecord[]>;
}

export interface ReplayParts {
  readonly calls: PastCalls;
  readonly policies: PolicyPastSource;
  readonly openFacts: OpenFacts;
  /** Ends a turn of the event loop, when this one has lasted long enough: decisions wait meanwhile. */
  readonly breathe: () => Promise<void>;
}

export interface ReplayedPeriod {
  readonly fromMs: number;
  readonly toMs: number;
  readonly candidate: Policy | undefined;
  /** The calls before and at this position have been looked at. */
  readonly after: AuditPosition | undefined;
  readonly changedMax: number;
  /** Compiled policies, whichever: what of them was active then need not be compiled again. */
  readonly known: PolicySet;
  /** Nobody waits for the answer any more, or has waited long enough. */
  readonly signal: AbortSignal;
}

/** How many records are held at once. */
const chunkSize = 50;
/** Most calls that are looked at for one answer. */
const callsMax = 100_000;

/**
 * Decides the calls of a period anew, until all are, or as many as one answer bears, or the signal says so.
 *
 * @returns `next` is the position to go on after; `undefined` when the period is through
 */
export async function replayPeriod(
  { calls, policies, openFacts, breathe }: ReplayParts,
  { fromMs, toMs, candidate, after, changedMax, known, signal }: ReplayedPeriod,
): Promise<{ replay: Omit<Replay, 'nextCursor'>; next: AuditPosition | undefined }> {
  const policiesAt = createPastPolicies(policies, { known, candidate });
  const tally = new Tally();
  let position = after;
  for (;;) {
    const records = await calls.read({ fromMs, toMs, after: position, limit: chunkSize });
    for (const record of records) {
      if (isDecided(record.body))
        tally.add(record.id, await replayRecord(record.body, policiesAt, openFacts));
      position = record;
      const isLast = records.length < chunkSize && record === records.at(-1);
      if (isLast) break;
      if (tally.changed.length >= changedMax || tally.evaluated >= callsMax || signal.aborted) {
        return { replay: tally.toReplay(), next: position };
      }
      await breathe();
    }
    if (records.length < chunkSize) return { replay: tally.toReplay(), next: undefined };
  }
}

/** Calls that were refused before anybody decided them are no concern of policies. */
function isDecided(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'decisionId' in body;
}

type Outcome =
  | { readonly past: PastDecision; readonly replayed: ReplayedCall }
  | { readonly past: undefined; readonly replayed: Extract<ReplayedCall, { isCertain: false }> };

async function replayRecord(
  body: unknown,
  policiesAt: ReturnType<typeof createPastPolicies>,
  openFacts: OpenFacts,
): Promise<Outcome> {
  const past = parsePastDecision(body);
  const policies = past === undefined ? undefined : await policiesAt(past.basis.revision);
  if (past === undefined || policies === undefined) {
    return { past: undefined, replayed: { isCertain: false, unknown: ['record'] } };
  }
  return { past, replayed: replayCall(past, policies, openFacts) };
}

/** What came of the calls so far. */
class Tally {
  evaluated = 0;
  readonly changed: ChangedCall[] = [];
  #undeterminable = 0;
  readonly #unknown = new Map<ReplayUnknown, { what: ReplayUnknown; calls: number; example: string }>();

  add(callId: string, { past, replayed }: Outcome): void {
    this.evaluated += 1;
    if (replayed.isCertain) this.#compare(past, replayed);
    else this.#leaveOpen(callId, replayed.unknown);
  }

  toReplay(): Omit<Replay, 'nextCursor'> {
    return {
      evaluated: this.evaluated,
      changed: this.changed,
      undeterminable: this.#undeterminable,
      unknown: [...this.#unknown.values()].sort((a, b) => b.calls - a.calls),
    };
  }

  #compare(past: PastDecision | undefined, { verdict }: Extract<ReplayedCall, { isCertain: true }>): void {
    if (past === undefined || past.decision === verdict.decision) return;
    const { id: callId, at, agent, tool, action, traceId, decision, policy, reasons } = past;
    const recorded = { decision, policy, reasons };
    this.changed.push({ callId, at, agent, tool, action, traceId, recorded, candidate: verdict });
  }

  #leaveOpen(example: string, unknown: readonly ReplayUnknown[]): void {
    this.#undeterminable += 1;
    for (const what of unknown) {
      const counted = this.#unknown.get(what) ?? { what, calls: 0, example };
      counted.calls += 1;
      this.#unknown.set(what, counted);
    }
  }
}
