const dayMs = 86_400_000;

/** Items may be dated this much later than our clock says: clocks differ. */
const aheadMsMax = dayMs;

/** How long the audit trail is kept. */
export interface AuditRetention {
  /** What is older than this may be dropped, in milliseconds since the epoch. */
  cutoffMs(): number;
  /** Whether an item of this time belongs into the trail: neither dropped again at once nor of a day to come. */
  isKept(atMs: number): boolean;
}

/** @param nowMs milliseconds since the epoch */
export function createAuditRetention(days: number, nowMs: () => number = Date.now): AuditRetention {
  const cutoffMs = () => nowMs() - days * dayMs;
  return { cutoffMs, isKept: (atMs) => atMs >= cutoffMs() && atMs <= nowMs() + aheadMsMax };
}
