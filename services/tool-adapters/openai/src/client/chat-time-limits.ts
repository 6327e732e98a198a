/** Longest wait for the beginning of an answer, streamed or not, in milliseconds. */
export const headTimeoutMs = 120_000;

/** Longest silence within a streamed answer, in milliseconds. */
export const idleTimeoutMs = 60_000;

/** Longest time of a whole streamed answer, in milliseconds. */
export const streamTimeoutMs = 600_000;
