import { baseSettings, loadConfig } from '../config/index.ts';
import { createKit } from '../lifecycle/index.ts';
import { createRedis, type Redis } from '../redis/index.ts';
import { untilRedisAnswers } from './until-redis-answers.ts';

/** A client as each service makes one. */
export interface ConnectedRedis {
  readonly client: Redis;
  close(): Promise<void>;
}

/**
 * Connects a client, and resolves once it has somebody to ask.
 *
 * @param keys what can be asked for then: on a Redis Cluster each node is another connection
 */
export async function connectTestRedis(url: string, keys: readonly string[] = []): Promise<ConnectedRedis> {
  const { kit, closeAll } = createKit('proxy-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
  const client = createRedis(kit, { url });
  try {
    await untilRedisAnswers(client, keys);
  } catch (error) {
    await closeAll();
    throw error;
  }
  return { client, close: closeAll };
}
