import { readFileSync } from 'node:fs';
import { createClient, type RedisClientType } from '@redis/client';
import { withCommandDeadline } from './command-deadline.ts';
import type { RedisAddress, RedisLocation } from './redis-url.ts';

export interface RedisServerOptions {
  readonly location: RedisLocation;
  readonly address: RedisAddress;
  /** Longest wait for one command's answer, in milliseconds. */
  readonly commandTimeoutMs: number;
  /** Whether a lost connection is made anew. Default true. */
  readonly isKept?: boolean;
}

/** A client of one server, not connected yet, and its commands, none of which waits longer than its timeout. */
export interface RedisServer {
  readonly client: RedisClientType;
  readonly commands: RedisClientType;
}

/** An idle connection is tried this often, so that a dead one is noticed before it is needed. */
const pingIntervalMs = 1_000;

/** @throws Error when the file of the authorities cannot be read */
export function createRedisServer(options: RedisServerOptions): RedisServer {
  const { location, address, commandTimeoutMs, isKept = true } = options;
  const { username, password, database } = location;
  const client: RedisClientType = createClient({
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    database,
    disableOfflineQueue: true,
    pingInterval: pingIntervalMs,
    // Its own deadline is a timer and a signal for each command that are kept for five seconds, answered or not.
    commandOptions: { timeout: 0 },
    socket: {
      ...address,
      ...tlsOptions(location),
      connectTimeout: 1_000,
      // Ends a handshake that is never answered; pings keep a healthy connection from ever being idle for so long.
      socketTimeout: 5 * pingIntervalMs,
      reconnectStrategy: isKept && ((attempts) => Math.min(50 * 2 ** attempts, 1_000)),
    },
  });
  return { client, commands: withCommandDeadline(client, commandTimeoutMs) };
}

function tlsOptions({ tls }: RedisLocation): { tls: true; ca?: string } | undefined {
  if (tls === undefined) return undefined;
  return { tls: true, ...(tls.caFile === undefined ? {} : { ca: readFileSync(tls.caFile, 'utf8') }) };
}
