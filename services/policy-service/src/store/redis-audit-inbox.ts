import { type AuditStream, auditStreams } from '@4runr/contracts/audit';
import type { Redis } from '@4runr/service-kit/redis';
import type { AuditDelivery, AuditInbox } from '../domain/audit-drain.ts';

/** The consumer group that all replicas are of. */
export const auditGroup = 'audit';

/** Most messages of one stream that are taken at once. */
export const takenMax = 100;
/** A replica that has not removed what it took for so long is taken for dead, in milliseconds: storing takes no longer. */
const abandonedAfterMs = 5_000;
/** How often what dead replicas took is looked for, in milliseconds. */
const claimEveryMs = 1_000;
/** A replica that asked for nothing for so long is forgotten, in milliseconds. */
const forgottenAfterMs = 3_600_000;

export interface AuditCount {
  /** Messages that wait to be stored, those that were taken included. */
  readonly waiting: number;
  /** Those of them that wait in the fullest stream. */
  readonly fullest: number;
  /** Messages that were set aside. */
  readonly rejected: number;
}

export interface RedisAuditInbox extends AuditInbox {
  count(): Promise<AuditCount>;
  /** Up to when everything that was appended is stored, in milliseconds since the epoch by the clock of Redis. */
  storedUntilMs(): Promise<number>;
  /** Forgets the names of replicas that are gone: each start makes a new one. */
  forgetReplicas(): Promise<void>;
}

/**
 * The streams in the state Redis, read one by one and in one packet, as they lie in different slots of a Redis Cluster.
 *
 * @param replica a name that no other replica has or ever had
 */
export function createAuditInbox(redis: Redis, replica: string): RedisAuditInbox {
  let hasGroups = false;
  let claimedAt = Number.NEGATIVE_INFINITY;

  async function makeGroups(): Promise<void> {
    if (!hasGroups) await Promise.all(auditStreams.map(({ key }) => makeGroup(redis, key)));
    hasGroups = true;
  }

  /** Redis forgets groups with everything else when it loses its data. */
  function noticeLostGroup(error: unknown): never {
    if (isReply(error, 'NOGROUP')) hasGroups = false;
    throw error;
  }

  function isClaimDue(): boolean {
    const isDue = performance.now() - claimedAt >= claimEveryMs;
    if (isDue) claimedAt = performance.now();
    return isDue;
  }

  return {
    async take() {
      await makeGroups();
      const ways = isClaimDue() ? [takeAbandoned, takeNew] : [takeNew];
      const taken = auditStreams.flatMap((stream) => ways.map((take) => take(redis, stream, replica)));
      return (await Promise.all(taken).catch(noticeLostGroup)).flat();
    },
    async remove(deliveries) {
      const removals = Map.groupBy(deliveries, ({ stream }) => stream.key);
      await Promise.all(
        [...removals].map(([key, removed]) =>
          removing(
            redis,
            key,
            removed.map(({ id }) => id),
          ).exec(),
        ),
      );
    },
    async setAside({ delivery, error }) {
      const { stream, id, message } = delivery;
      const rejected = { ...message, id, reason: error instanceof Error ? error.message : String(error) };
      await removing(redis, stream.key, [id]).xAdd(stream.rejectedKey, '*', rejected).exec();
    },
    async count() {
      const lengthsOf = (keys: readonly string[]) => Promise.all(keys.map((key) => redis.xLen(key)));
      const [waiting, rejected] = await Promise.all([
        lengthsOf(auditStreams.map(({ key }) => key)),
        lengthsOf(auditStreams.map(({ rejectedKey }) => rejectedKey)),
      ]);
      return { waiting: sum(waiting), fullest: Math.max(...waiting), rejected: sum(rejected) };
    },
    async storedUntilMs() {
      // The time is asked first: what is appended later has a later id.
      const [[seconds, micros], ...oldest] = await Promise.all([
        redis.time(),
        ...auditStreams.map(({ key }) => redis.xRange(key, '-', '+', { COUNT: 1 })),
      ]);
      const nowMs = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
      return Math.min(nowMs, ...oldest.flat().map((message) => appendedAtMs(message?.id ?? '0')));
    },
    async forgetReplicas() {
      await makeGroups();
      const forgotten = auditStreams.map(({ key }) => forgetReplicasOf(redis, key));
      await Promise.all(forgotten).catch(noticeLostGroup);
    },
  };
}

async function makeGroup(redis: Redis, key: string): Promise<void> {
  try {
    await redis.xGroupCreate(key, auditGroup, '0', { MKSTREAM: true });
  } catch (error) {
    if (!isReply(error, 'BUSYGROUP')) throw error;
  }
}

async function takeNew(redis: Redis, stream: AuditStream, replica: string): Promise<AuditDelivery[]> {
  const read = await redis.xReadGroup(auditGroup, replica, { key: stream.key, id: '>' }, { COUNT: takenMax });
  return toDeliveries(stream, read?.[0]?.messages ?? []);
}

/** Redis leaves out what somebody has deleted from the stream by hand. */
async function takeAbandoned(redis: Redis, stream: AuditStream, replica: string): Promise<AuditDelivery[]> {
  const { messages } = await redis.xAutoClaim(stream.key, auditGroup, replica, abandonedAfterMs, '0', {
    COUNT: takenMax,
  });
  return toDeliveries(
    stream,
    messages.filter((taken) => taken !== null),
  );
}

function toDeliveries(
  stream: AuditStream,
  messages: readonly Pick<AuditDelivery, 'id' | 'message'>[],
): AuditDelivery[] {
  return messages.map(({ id, message }) => ({ stream, id, message }));
}

/** In one transaction: a message that is not taken any more and still there would never be taken again. */
function removing(redis: Redis, key: string, ids: string[]) {
  return redis.multi().xAck(key, auditGroup, ids).xDel(key, ids);
}

async function forgetReplicasOf(redis: Redis, key: string): Promise<void> {
  for (const { name, pending, idle } of await redis.xInfoConsumers(key, auditGroup)) {
    // With the name would go what it has taken.
    if (pending === 0 && idle > forgottenAfterMs) await redis.xGroupDelConsumer(key, auditGroup, name);
  }
}

/** An id begins with the time that the message was appended at. */
function appendedAtMs(id: string): number {
  return Number.parseInt(id, 10);
}

function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
