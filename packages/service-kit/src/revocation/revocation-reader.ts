import {
  parseRevocationEntry,
  parseRevocationMessage,
  revocationLifeSecondsMax,
} from '@4runr/contracts/revocation';
import * as z from 'zod';
import type { Logger } from '../telemetry/index.ts';
import type { RevocationList } from './revocation-list.ts';
import type { RevocationMetrics } from './revocation-metrics.ts';
import type { FeedRead, RevocationSource } from './revocation-source.ts';

export interface RevocationReaderParts {
  readonly source: RevocationSource;
  readonly list: RevocationList;
  readonly metrics: RevocationMetrics;
  readonly logger: Logger;
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number;
}

/** Keeps a list in step with its source, a round at a time. */
export interface RevocationReader {
  /**
   * Reads once: the list where it was never read, was written anew, or where the feed has a gap; else what the feed tells.
   *
   * @returns false while there is no complete list and there never was
   */
  read(): Promise<boolean>;
}

/** How often what has expired is forgotten, in milliseconds. */
const pruneEveryMs = 60_000;

export function createRevocationReader(parts: RevocationReaderParts): RevocationReader {
  const { source, list, nowMs } = parts;
  let position: { readonly generation: string; lastId: string } | undefined;
  let prunedAt = nowMs();

  async function readList(): Promise<boolean> {
    const read = await source.readList();
    if (read === undefined) return false;
    for (const entry of read.entries) addSafely(parts, entry, () => list.add(parseRevocationEntry(entry)));
    position = { generation: read.generation, lastId: read.lastId };
    return true;
  }

  function take({ messages }: FeedRead): void {
    for (const { id, message } of messages) {
      addSafely(parts, message, () => addMessage(parts, message));
      if (position !== undefined) position.lastId = id;
    }
  }

  function prune(): void {
    if (nowMs() - prunedAt < pruneEveryMs) return;
    prunedAt = nowMs();
    list.prune(prunedAt / 1_000);
  }

  return {
    async read() {
      prune();
      if (position === undefined) return readList();
      const { generation } = position;
      const read = await source.readFeed(position.lastId);
      take(read);
      // While the list is not complete nobody's memory is better than this one.
      const isWrittenAnew = read.generation !== null && read.generation !== generation;
      if (isWrittenAnew || (read.hasGap && read.generation !== null)) await readList();
      return true;
    },
  };
}

function addMessage({ list, metrics, nowMs }: RevocationReaderParts, message: unknown): void {
  const { revocation, atMs } = parseRevocationMessage(message);
  list.add(revocation);
  metrics.observePropagation((nowMs() - atMs) / 1_000);
}

/**
 * An entry that is not understood keeps no other from taking effect. Whose tokens it ends cannot be told, so that none can be
 * accepted while it matters.
 */
function addSafely(parts: RevocationReaderParts, entry: object, add: () => void): void {
  try {
    add();
  } catch (error) {
    const longest = parts.nowMs() / 1_000 + revocationLifeSecondsMax;
    const untilSeconds = Math.min(expiryOf(entry) ?? longest, longest);
    parts.list.addUnknown(untilSeconds);
    const until = new Date(untilSeconds * 1_000);
    parts.logger.error(
      { err: error, entry, until },
      'a revocation is not understood: no token is accepted while it matters',
    );
  }
}

const expirySchema = z.object({ exp: z.number() });

/** Every kind of entry has it, those to come as well. */
function expiryOf(entry: object): number | undefined {
  try {
    return expirySchema.parse(JSON.parse((entry as { value?: string }).value ?? '')).exp;
  } catch {
    return undefined;
  }
}
