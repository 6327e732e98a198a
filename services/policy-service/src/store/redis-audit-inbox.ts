import { type AuditStream, auditStreams } from '@4runr/contracts/audit';
import type { Redis } from '@4runr/service-kit/redis';
import type { AuditDelivery, AuditInbox } from '../domain/audit-drain.ts';
import { storedUntilScript } from './redis-audit-script.ts';

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
  /**
   * Up to when everything that was appended is stored, in milliseconds since the epoch by the clock of each stream's server. Rejects
   * while one cannot be read.
   */
  storedUntilMs(): Promise<number>;
  /** Forgets the names of replicas that are gone: each start makes a new one. */
  forgetReplicas(): Promise<void>;
}

/**
 * The streams in the state Redis, read one by one, as they lie in different slots of a Redis Cluster, and perhaps on different nodes;
 * what goes to one server goes in one packet.
 *
 * @param replica a name that no other replica has or ever had
 */
export function createAuditInbox(redis: Redis, replica: string): RedisAuditInbox {
  const grouped = new Set<string>();
  let claimedAt = Number.NEGATIVE_INFINITY;

  /** Does something with the group of a stream, and makes it before where it is not known to be there. */
  async function withGroup<T>(key: string, work: () => Promise<T>): Promise<T> {
    try {
      if (!grouped.has(key)) await makeGroup(redis, key);
      grouped.add(key);
      return await work();
    } catch (error) {
      // Redis forgets groups with everything else when it loses its data.
      if (isReply(error, 'NOGROUP')) grouped.delete(key);
      throw error;
    }
  }

  function isClaimDue(): boolean {
    const isDue = performance.now() - claimedAt >= claimEveryMs;
    if (isDue) claimedAt = performance.now();
    return isDue;
  }

  return {
    async take() {
      const ways = isClaimDue() ? [takeAbandoned, takeNew] : [takeNew];
      const taken = await Promise.allSettled(
        auditStreams.flatMap((stream) =>
          ways.map((take) => withGroup(stream.key, () => take(redis, stream, replica))),
        ),
      );
      return {
        deliveries: taken.flatMap((taking) => (taking.status === 'fulfilled' ? taking.value : [])),
        failures: taken.flatMap((taking) => (taking.status === 'rejected' ? [taking.reason] : [])),
      };
    },
    async remove({ key }, deliveries) {
      const ids = deliveries.map(({ id }) => id);
      await removing(redis, key, ids).exec();
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
      const moments = await Promise.all(
        auditStreams.map(({ key }) => redis.eval(storedUntilScript, { keys: [key], arguments: [] })),
      );
      return Math.min(...moments.map(Number));
    },
    async forgetReplicas() {
      await Promise.all(auditStreams.map(({ key }) => withGroup(key, () => forgetReplicasOf(redis, key))));
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

function isReply(error: unknown, code: string): boolean {
  return error instanceof Error && error.message.startsWith(code);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
