/**
 * What auth-service writes to the state Redis, and every service that takes tokens reads. The hash tag keeps the three in
 * one slot of a Redis Cluster: each revocation is written to list and feed in one transaction.
 */
export const revocationKeys = {
  /** Hash: `field` -> `value` of every revocation that still matters. */
  active: '{revocations}:active',
  /** Stream: one message for each revocation, in the order of their taking effect. */
  feed: '{revocations}:feed',
  /**
   * `<run_id>.<random>`, written once the whole list is. Without it, and in another run of the server than the one that it
   * names, the list may not be complete; another one means that the list was written anew and has to be read from the start.
   */
  generation: '{revocations}:generation',
} as const;

/** About how many messages the feed keeps (`XADD … MAXLEN ~`). A reader that missed more reads the list anew. */
export const revocationFeedMax = 100_000;
