import { outcomeSeconds } from '@4runr/decision-ledger';

/** Most calls that are closed at once. */
const closedMax = 1_000;

export interface AuditClosingParts {
  /** Up to when everything that was told is stored, in milliseconds since the epoch by the clock of the state Redis. */
  readonly storedUntilMs: () => Promise<number>;
  /**
   * Closes calls that were allowed before this moment and have no outcome, the oldest first, each once.
   *
   * @returns how many there were, `limit` at most
   */
  readonly closeCalls: (before: Date, limit: number) => Promise<number>;
  readonly onClosed: (calls: number) => void;
}

/**
 * Closes allowed calls as `unknown` whose outcome nobody will tell any more: whoever carried them out was killed. What waits
 * in the streams counts as told, so that a trail that lags behind closes nothing too early.
 *
 * @returns one round; it rejects when streams or trail cannot be used now
 */
export function createAuditClosing(parts: AuditClosingParts): () => Promise<void> {
  return async () => {
    const before = new Date((await parts.storedUntilMs()) - outcomeSeconds * 1_000);
    let closed: number;
    do {
      closed = await parts.closeCalls(before, closedMax);
      if (closed > 0) parts.onClosed(closed);
    } while (closed === closedMax);
  };
}
