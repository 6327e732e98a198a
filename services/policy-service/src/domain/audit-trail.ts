import type { AuditItem, AuditQuery } from '@4runr/contracts/audit';

type CallPart = Extract<AuditItem, { kind: 'call' }>;

export type AuditBody = Readonly<Record<string, unknown>>;

/** An item as it is stored: what it is found by, and what it tells. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly kind: AuditItem['kind'];
  /** The agent that called; null where nobody did. */
  readonly agent: string | null;
  readonly tool: string | null;
  readonly action: string | null;
  readonly outcome: string | null;
  /** All that was written in the item, also what this version does not know. Of a call, what one part tells. */
  readonly body: AuditBody;
}

/** Where an item stands in the trail. No two items stand in one place. */
export interface AuditPosition {
  readonly at: Date;
  readonly id: string;
}

/** What operators ask of the trail: filters add up, `after` is where the page before ended. */
export type AuditQuestion = Omit<AuditQuery, 'cursor'> & { readonly after: AuditPosition | undefined };

/** Newest first. `next` is the position to go on after, where there may be more. */
export interface AuditPage {
  /** Each is an `AuditRecord` as JSON. */
  readonly items: readonly string[];
  readonly next: AuditPosition | undefined;
}

/** The audit trail as operators read it. */
export interface AuditTrail {
  /** A page may be short, and even empty, without being the last: what is looked at for one page is bounded. */
  list(question: AuditQuestion): Promise<AuditPage>;
}

/** The audit trail as it is written. */
export interface AuditStore {
  /**
   * Stores all entries that are not stored yet, and answers when they are safe on disk. Those of one call become one.
   *
   * @returns why it failed, for each entry that can never be stored as it is
   */
  append(entries: readonly AuditEntry[]): Promise<ReadonlyMap<AuditEntry, Error>>;
}

/** @param written the item with what this version does not know of it */
export function toAuditEntry(item: AuditItem, written: AuditBody = item): AuditEntry {
  const { id, kind, action } = item;
  const at = new Date(item.at);
  if (item.kind === 'operator_change') {
    // The agent that an operator changes is a target of the change; it has done nothing.
    return { id, at, kind, agent: null, tool: null, action, outcome: null, body: written };
  }
  const { agent, tool } = item;
  const outcome = outcomeOf(item);
  return { id, at, kind, agent, tool, action, outcome, body: toCallBody(written, outcome) };
}

/** A call that is not allowed has come to its end with the decision. */
function outcomeOf(item: CallPart): string | null {
  if (item.part !== 'decision') return item.outcome;
  return item.decision === 'allowed' ? null : item.decision;
}

/** The parts of a call have no member in common but those that say which call it is: merged in any order they give the same. */
function toCallBody({ part: _part, ...body }: AuditBody, outcome: string | null): AuditBody {
  return outcome === null ? body : { ...body, outcome };
}

/** Of several entries of one call one; everything else as it was. */
export function mergeCalls(entries: readonly AuditEntry[]): readonly AuditEntry[] {
  const merged = new Map<string, AuditEntry>();
  for (const entry of entries) {
    const key = `${entry.at.getTime()} ${entry.id}`;
    const known = merged.get(key);
    merged.set(key, known === undefined || entry.kind !== 'call' ? entry : mergeParts(known, entry));
  }
  return [...merged.values()];
}

function mergeParts(first: AuditEntry, second: AuditEntry): AuditEntry {
  const body = { ...first.body, ...second.body };
  return { ...first, outcome: second.outcome ?? first.outcome, body };
}
