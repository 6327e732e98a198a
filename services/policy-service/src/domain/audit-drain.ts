import { scheduler } from 'node:timers/promises';
import { type AuditStream, readAuditMessage } from '@4runr/contracts/audit';
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

/** What was taken of the streams that could be read, and why others could not. */
export interface AuditTaking {
  readonly deliveries: readonly AuditDelivery[];
  readonly failures: readonly unknown[];
}

/**
 * The streams in which items wait. Replicas share them; each message is taken by one at a time. They may lie on different
 * servers: that one cannot be reached does not concern the others.
 */
export interface AuditInbox {
  /** Messages that nobody has taken, and those that somebody took and has not removed for a while. */
  take(): Promise<AuditTaking>;
  /** Removes messages of one stream whose items are stored. */
  remove(stream: AuditStream, deliveries: readonly AuditDelivery[]): Promise<void>;
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
 * Moves items from the streams to the trail, a batch at a time. What could not be stored is tried again, and nothing else is taken
 * meanwhile: everything else waits in the streams, for this replica or another. Only what is stored is removed, so
 * that a replica can end at any moment and nothing is lost. What could not be removed, as its stream could not be reached, is taken
 * again some time later, and recognised by its id.
 *
 * @returns one round: it answers how many messages there were to move, and rejects when the trail or some stream cannot be used
 * now; whatever could be moved is moved by then
 */
export function createAuditDrain(parts: AuditDrainParts): () => Promise<number> {
  let held: readonly AuditDelivery[] = [];

  return async () => {
    const { deliveries, failures } =
      held.length === 0 ? await parts.inbox.take() : { deliveries: held, failures: [] };
    held = deliveries;
    const { stored, rejections } = await storeAll(parts, deliveries);
    held = [];
    const cleared = await Promise.allSettled([
      ...[...Map.groupBy(stored, ({ delivery }) => delivery.stream)].map((of) => removeStored(parts, of)),
      ...rejections.map((rejection) => setAside(parts, rejection)),
    ]);
    const [failure] = [...failures, ...cleared.filter(isRejected).map(({ reason }) => reason)];
    if (failure !== undefined) throw failure;
    return deliveries.length;
  };
}

async function removeStored(
  { inbox, onStored }: AuditDrainParts,
  [stream, stored]: readonly [AuditStream, readonly Readable[]],
): Promise<void> {
  await inbox.remove(
    stream,
    stored.map(({ delivery }) => delivery),
  );
  for (const { entry } of stored) onStored(entry);
}

async function setAside({ inbox, onRejected }: AuditDrainParts, rejection: AuditRejection): Promise<void> {
  await inbox.setAside(rejection);
  onRejected(rejection);
}

function isRejected(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === 'rejected';
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
  if (deliveries.length === 0) return { stored: [], rejections: [] };
  const readings = await readAll(deliveries, isKept);
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

/** Messages that are read in one turn of the event loop. A decision that comes meanwhile takes several turns, and waits in each. */
const readAtOnce = 4;

async function readAll(
  deliveries: readonly AuditDelivery[],
  isKept: AuditDrainParts['isKept'],
): Promise<readonly (Readable | AuditRejection)[]> {
  const readings: (Readable | AuditRejection)[] = [];
  for (const [index, delivery] of deliveries.entries()) {
    if (index > 0 && index % readAtOnce === 0) await scheduler.yield();
    readings.push(read(delivery, isKept));
  }
  return readings;
}

/** One message that is not understood must not keep the others from being stored. */
function read(delivery: AuditDelivery, isKept: AuditDrainParts['isKept']): Readable | AuditRejection {
  try {
    const { item, written } = readAuditMessage(delivery.message);
    if (!isKept(Date.parse(item.at))) throw new RangeError(`the trail keeps nothing of ${item.at}`);
    return { delivery, entry: toAuditEntry(item, written) };
  } catch (error) {
    return { delivery, error };
  }
}
