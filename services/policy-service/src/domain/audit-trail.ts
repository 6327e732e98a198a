import type { AuditItem, AuditQuery } from '@4runr/contracts/audit';

/** An item as it is stored: what it is found by, and its text. */
export interface AuditEntry {
  readonly id: string;
  readonly at: Date;
  readonly kind: AuditItem['kind'];
  /** The agent that called; null where nobody did. */
  readonly agent: string | null;
  readonly tool: string | null;
  readonly action: string | null;
  readonly outcome: string | null;
  /** The item as JSON, word for word as it was written: also what this version does not know stays in it. */
  readonly body: string;
}

/** Where an item stands in the trail. No two items stand in one place. */
export interface AuditPosition {
  readonly at: Date;
  readonly id: string;
}

/** The audit trail as operators read it. */
export interface AuditTrail {
  /** A page of what fits all filters, newest first, after the position given. `next` is the position to go on after. */
  list(
    page: Omit<AuditQuery, 'cursor'> & { readonly after: AuditPosition | undefined },
  ): Promise<{ items: readonly AuditItem[]; next: AuditPosition | undefined }>;
}

/** The audit trail as it is written. */
export interface AuditStore {
  /**
   * Stores all entries that are not stored yet, and answers when they are safe on disk.
   *
   * @returns why it failed, for each entry that can never be stored as it is
   */
  append(entries: readonly AuditEntry[]): Promise<ReadonlyMap<AuditEntry, Error>>;
}

/** @param body the item's JSON */
export function toAuditEntry(item: AuditItem, body: string): AuditEntry {
  const { id, kind, action } = item;
  // The agent that an operator changes is a target of the change; it has done nothing.
  return { id, at: new Date(item.at), kind, agent: null, tool: null, action, outcome: null, body };
}
