import { createClient, type RedisClientType } from '@redis/client';
import type { Kit } from '../lifecycle/index.ts';

export type Redis = RedisClientType;

export interface RedisOptions {
  readonly url: string;
  /** Longest wait for one command's answer, in milliseconds. Default 500. */
  readonly commandTimeoutMs?: number;
}

/**
 * A client that reconnects by itself and never hangs: while Redis is away commands reject at once, and none waits longer
 * than its timeout. Not being able to connect now is no reason not to start.
 */
export function createRedis(kit: Kit, options: RedisOptions): Redis {
  const client: RedisClientType = createClient({
    url: options.url,
    disableOfflineQueue: true,
    commandOptions: { timeout: options.commandTimeoutMs ?? 500 },
    socket: { connectTimeout: 1_000, reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1_000) },
  });
  client.on('error', (error: unknown) => kit.logger.warn({ err: error }, 'redis connection'));
  client
    .connect()
    .catch((error: unknown) => kit.logger.error({ err: error }, 'redis cannot be connected to'));
  kit.onClose('redis', () => client.destroy());
  return client;
}
