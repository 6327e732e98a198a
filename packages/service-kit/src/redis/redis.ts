import type { Kit } from '../lifecycle/index.ts';
import { createAbsenceLog } from '../telemetry/index.ts';
import { createRedisCluster } from './cluster/redis-cluster.ts';
import type { Redis } from './keyed-commands.ts';
import { createRedisServer } from './redis-server.ts';
import { parseRedisUrl } from './redis-url.ts';

export interface RedisOptions {
  /** As `parseRedisUrl` reads it. */
  readonly url: string;
  /** Longest wait for one command's answer, in milliseconds. Default 500. */
  readonly commandTimeoutMs?: number;
}

/**
 * A client of a server or a cluster that reconnects by itself and never hangs: while the server that has the key is away commands
 * reject at once, and none waits longer than its timeout. Not being able to connect now is no reason not to start.
 *
 * @throws Error when the URL is none, or the file of the authorities that it names cannot be read
 */
export function createRedis(kit: Kit, { url, commandTimeoutMs = 500 }: RedisOptions): Redis {
  const location = parseRedisUrl(url);
  if (location.isCluster) return createRedisCluster(kit, { location, commandTimeoutMs });
  const [address] = location.addresses;
  const { client, commands } = createRedisServer({ location, address, commandTimeoutMs });
  // One line when Redis goes and one when it comes back, however many attempts lie between them.
  const absence = createAbsenceLog(kit.logger);
  client.on('error', (error: unknown) => absence.away({ err: error }, 'no connection to redis'));
  client.on('ready', () => absence.present({}, 'connected to redis again'));
  // Rejects only when the client is closed before it was ever connected; everything else is told by its events.
  client.connect().catch(() => {});
  kit.onClose('redis', () => client.destroy());
  return commands;
}
