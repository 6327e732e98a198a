import { type AuditStream, parseAuditMessage } from '@4runr/contracts/audit';
import { type AuditEntry, type AuditStore, toAuditEntry } from './audit-trail.ts';

/** A message that this replica has taken and nobody else works on. */
export interface AuditDelivery {
  readonly stream: AuditStream;
  /** Its id in the stream. */
  readonly id: string;
  readonly message: Readonly<Record<string, string>>;
}

/** A message that cannot be stored, and why. */
export interface AuditRejection {
  readonly delivery: AuditDelivery;
  readonly error: unknown;
}

/** The streams in which items wait. Replicas share them; each message is taken by one at a time. */
export interface AuditInbox {
  /** Messages that nobody has taken, and those that somebody took and then fell silent. */
  take(): Promise<readonly AuditDelivery[]>;
  /** Removes messages whose items are stored. */
  remove(deliveries: readonly AuditDelivery[]): Promise<void>;
  /** Moves a message to where people find it. */
  setAside(rejection: AuditRejection): Promise<void>;
}

export interface AuditDrainParts {
  readonly inbox: AuditInbox;
  readonly store: AuditStore;
  /** Whether the trail keeps items of this time, in milliseconds since the epoch. */
  readonly isKept: (atMs: number) => boolean;
  readonly onStored: (entry: AuditEntry) => void;
  readonly onRejected: (rejection: AuditRejection) => void;
}

/**
 * Moves items from the streams to the trail, a batch at a time. What failed is tried again, and nothing else is taken
 * meanwhile: everything else waits in the streams, for this replica or another. Only what is stored is removed, so
 * that a replica can end at any moment and nothing is lost; what it had stored already is recognised by its id.
 *
 * @returns one round: it answers how many messages there were to move, and rejects when streams or trail cannot be used now
 */
export function createAuditDrain(parts: AuditDrainParts): () => Promise<number> {
  const { inbox } = parts;
  let held: readonly AuditDelivery[] = [];

  return async () => {
    if (held.length === 0) held = await inbox.take();
    const { length } = held;
    if (length === 0) return 0;
    const { stored, rejections } = await storeAll(parts, held);
    await inbox.remove(stored.map(({ delivery }) => delivery));
    held = rejections.map(({ delivery }) => delivery);
    for (const { entry } of stored) parts.onStored(entry);
    for (const rejection of rejections) {
      await inbox.setAside(rejection);
      held = held.slice(1);
      parts.onRejected(rejection);
    }
    return length;
  };
}

/**
 * Rounds until one moves fewer messages than `full`, the most that one stream gives at once: no stream can then have held any
 * back, unless the round only tried again what had failed. What is left or comes later waits for the next time, as a round
 * costs the same, however few it moves.
 */
export async function drainWhatWaits(
  drain: () => Promise<number>,
  { full, isStopping }: { full: number; isStopping: () => boolean },
): Promise<void> {
  while ((await drain()) >= full && !isStopping());
}

interface Readable {
  readonly delivery: AuditDelivery;
  readonly entry: AuditEntry;
}

async function storeAll(
  { store, isKept }: AuditDrainParts,
  deliveries: readonly AuditDelivery[],
): Promise<{ stored: readonly Readable[]; rejections: readonly AuditRejection[] }> {
  const readings = deliveries.map((delivery) => read(delivery, isKept));
  const readable = readings.filter((reading) => 'entry' in reading);
  const unstorable = await store.append(readable.map(({ entry }) => entry));
  return {
    stored: readable.filter(({ entry }) => !unstorable.has(entry)),
    rejections: [
      ...readings.filter((reading) => 'error' in reading),
      ...readable.flatMap(({ delivery, entry }) => {
        const error = unstorable.get(entry);
        return error === undefined ? [] : [{ delivery, error }];
      }),
    ],
  };
}

/** One message that is not understood must not keep the others from being stored. */
function read(delivery: AuditDelivery, isKept: AuditDrainParts['isKept']): Readable | AuditRejection {
  try {
    const item = parseAuditMessage(delivery.message);
    if (!isKept(Date.parse(item.at))) throw new RangeError(`the trail keeps nothing of ${item.at}`);
    return { delivery, entry: toAuditEntry(item, delivery.message.item ?? '') };
  } catch (error) {
    return { delivery, error };
  }
}
