/** At this share of the room people are warned: the rest is what time they have. */
const warnedAtRatio = 1 / 2;

/** What is told of the backlog of the audit trail. */
export interface BacklogWatchParts {
  /** Share of its room that the fullest stream has taken: at 1 no call that leads to it is allowed. */
  readonly fillRatio: () => Promise<number>;
  readonly onHalfFull: (ratio: number) => void;
  readonly onBack: (ratio: number) => void;
}

/**
 * Tells once when half of the room is taken, and once when it is free again.
 *
 * @returns one look; it rejects when the streams cannot be read now
 */
export function createBacklogWatch(parts: BacklogWatchParts): () => Promise<void> {
  let isWarned = false;
  return async () => {
    const ratio = await parts.fillRatio();
    if (ratio >= warnedAtRatio === isWarned) return;
    isWarned = !isWarned;
    if (isWarned) parts.onHalfFull(ratio);
    else parts.onBack(ratio);
  };
}
