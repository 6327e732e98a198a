/** What of an agent's keys is kept, and how much. */
export interface KeyStoreOptions {
  /** How long what came of a call is kept, in seconds. */
  readonly keptSeconds: number;
  /** Longest outcome that is kept, in bytes as it is stored. */
  readonly outcomeBytesMax: number;
  /** Most bytes that an agent's keys and outcomes may count for. */
  readonly agentBytesMax: number;
  /** Milliseconds since the epoch, for tests alone: else the clock of Redis counts. */
  readonly nowMs?: (() => number) | undefined;
}

/**
 * Whoever reserves a key has so long to have its call decided, and whoever dispatches the call is heard of again within it, in
 * milliseconds. Three words in a row may be lost.
 */
export const leaseMs = 6_000;
export const renewalMs = 2_000;

/** A reservation that nobody takes over is forgotten after so long, in milliseconds. */
export const reservedMs = 60_000;

/** What an entry takes in Redis beside its outcome, with its place in the index. */
export const entryBytes = 512;

/** Of an agent's bound. When outcomes have used it up, there is room for further keys yet. */
export const shareForOutcomes = 1 / 2;
