import { createClient, type RedisClientType } from '@redis/client';
import type { Kit } from '../lifecycle/index.ts';
import { createAbsenceLog, type Logger } from '../telemetry/index.ts';
import { withCommandDeadline } from './command-deadline.ts';

export type Redis = RedisClientType;

export interface RedisOptions {
  readonly url: string;
  /** Longest wait for one command's answer, in milliseconds. Default 500. */
  readonly commandTimeoutMs?: number;
}

/** An idle connection is tried this often, so that a dead one is noticed before it is needed. */
const pingIntervalMs = 1_000;

/**
 * A client that reconnects by itself and never hangs: while Redis is away commands reject at once, and none waits longer
 * than its timeout. Not being able to connect now is no reason not to start.
 */
export function createRedis(kit: Kit, options: RedisOptions): Redis {
  const client: RedisClientType = createClient({
    url: options.url,
    disableOfflineQueue: true,
    pingInterval: pingIntervalMs,
    // Its own deadline is a timer and a signal for each command that are kept for five seconds, answered or not.
    commandOptions: { timeout: 0 },
    socket: {
      connectTimeout: 1_000,
      // Ends a handshake that is never answered; pings keep a healthy connection from ever being idle for so long.
      socketTimeout: 5 * pingIntervalMs,
      reconnectStrategy: (attempts) => Math.min(50 * 2 ** attempts, 1_000),
    },
  });
  logConnection(client, kit.logger);
  // Rejects only when the client is closed before it was ever connected; everything else is told by its events.
  client.connect().catch(() => {});
  kit.onClose('redis', () => client.destroy());
  return withCommandDeadline(client, options.commandTimeoutMs ?? 500);
}

/** One line when Redis goes and one when it comes back, however many attempts lie between them. */
function logConnection(client: RedisClientType, logger: Logger): void {
  const absence = createAbsenceLog(logger);
  client.on('error', (error: unknown) => absence.away({ err: error }, 'no connection to redis'));
  client.on('ready', () => absence.present({}, 'connected to redis again'));
}
