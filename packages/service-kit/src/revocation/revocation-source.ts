import { type RevocationEntry, revocationKeys } from '@4runr/contracts/revocation';
import type { Redis } from '../redis/index.ts';
import { isAfter, startOfFeed } from './stream-id.ts';

/** The whole list, and the message of the feed that it takes in last. */
export interface ListRead {
  readonly generation: string;
  readonly lastId: string;
  readonly entries: readonly RevocationEntry[];
}

export interface FeedRead {
  /** `null` while the list is not complete. */
  readonly generation: string | null;
  /** What the feed told after the id asked for; not checked yet. */
  readonly messages: readonly { readonly id: string; readonly message: Readonly<Record<string, string>> }[];
  /** Whether messages after that id may be gone. */
  readonly hasGap: boolean;
}

/** Where revocations are read from. Both reject while it cannot be read. */
export interface RevocationSource {
  /** The complete list; `undefined` while there is none. */
  readList(): Promise<ListRead | undefined>;
  /** Answers at once if there is something after the id, else after `feedBlockMs`. */
  readFeed(afterId: string): Promise<FeedRead>;
}

/** Longest wait for a message, in milliseconds: each answer, an empty one too, says that Redis can be read. */
export const feedBlockMs = 400;
const messagesMax = 1_000;
const entriesPerScan = 1_000;

/** @param redis a connection of its own: waiting for messages holds up everything behind it */
export function createRevocationSource(redis: Redis): RevocationSource {
  const { active, feed, generation } = revocationKeys;

  async function scanList(): Promise<RevocationEntry[]> {
    const entries: RevocationEntry[] = [];
    let cursor = '0';
    do {
      const page = await redis.hScan(active, cursor, { COUNT: entriesPerScan });
      for (const { field, value } of page.entries) entries.push({ field, value });
      cursor = page.cursor;
    } while (cursor !== '0');
    return entries;
  }

  return {
    async readList() {
      const [begun, last] = await redis
        .multi()
        .get(generation)
        .xRevRange(feed, '+', '-', { COUNT: 1 })
        .execTyped();
      if (begun === null) return undefined;
      // Page by page, so that no length of the list holds anything up; what changes meanwhile is told by the feed.
      const entries = await scanList();
      if ((await redis.get(generation)) !== begun) return undefined;
      return { generation: begun, lastId: last?.[0]?.id ?? startOfFeed, entries };
    },
    async readFeed(afterId) {
      // Written together, answered in this order: what the others say is as of the end of the wait.
      const [read, current, oldest] = await Promise.all([
        redis.xRead({ key: feed, id: afterId }, { BLOCK: feedBlockMs, COUNT: messagesMax }),
        redis.get(generation),
        redis.xRange(feed, '-', '+', { COUNT: 1 }),
      ]);
      return {
        generation: current,
        messages: read?.[0]?.messages ?? [],
        hasGap: isGone(afterId, oldest?.[0]?.id),
      };
    },
  };
}

/** Whether the message was trimmed, and perhaps some after it. */
function isGone(id: string, oldestId: string | undefined): boolean {
  return oldestId === undefined ? id !== startOfFeed : isAfter(oldestId, id);
}
