import type { RedisClientType } from '@redis/client';

type KeyOf = (args: readonly unknown[]) => string;

const first: KeyOf = ([key]) => key as string;
const ofScript: KeyOf = ([, call]) => (call as { keys: readonly string[] }).keys[0] ?? '';

/**
 * The commands that the gateway gives Redis, and which of their arguments is the key that says where on a Redis Cluster they go.
 * All keys of a command, a script or a transaction have to have that one's slot: `{p3}:…`.
 */
export const keyedCommands = {
  get: first,
  set: first,
  del: first,
  exists: first,
  expire: first,
  pExpire: first,
  ttl: first,
  pTTL: first,
  incr: first,
  incrBy: first,
  hGet: first,
  hSet: first,
  hDel: first,
  hGetAll: first,
  hScan: first,
  sAdd: first,
  sRem: first,
  zAdd: first,
  zRem: first,
  xAdd: first,
  xLen: first,
  xRange: first,
  xRevRange: first,
  xAck: first,
  xDel: first,
  xGroupCreate: first,
  xGroupDelConsumer: first,
  xInfoConsumers: first,
  xAutoClaim: first,
  xRead: ([stream]) => (stream as { key: string }).key,
  xReadGroup: ([, , stream]) => (stream as { key: string }).key,
  eval: ofScript,
  evalSha: ofScript,
} satisfies Partial<Record<keyof RedisClientType, KeyOf>>;

export type KeyedCommand = keyof typeof keyedCommands;

/** Redis as services know it, whether it is one server or a cluster. */
export interface Redis extends Pick<RedisClientType, KeyedCommand | 'multi'> {
  /** Whether there is anybody to ask; rejects where there is not. */
  ping(): Promise<unknown>;
}
