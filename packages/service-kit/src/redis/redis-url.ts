import { readFileSync } from 'node:fs';
import * as z from 'zod';

export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, and what it takes to be let in. */
export interface RedisLocation {
  /** Of one server, or some nodes of a cluster: the others are found by asking. */
  readonly addresses: readonly [RedisAddress, ...RedisAddress[]];
  readonly isCluster: boolean;
  /** Number of the database; a cluster has but the first. */
  readonly database: number;
  readonly username?: string;
  readonly password?: string;
  /** `undefined` without TLS; `ca` is the PEM file of the authorities that are believed in place of the well-known ones. */
  readonly tls?: { readonly caFile?: string };
}

const form = /^(rediss?):\/\/(?:([^@/?]*)@)?([^@/?]+)(?:\/(\d*))?(?:\?(.*))?$/;
const defaultPort = 6_379;

/**
 * Reads `redis[s]://[user[:password]@]host[:port][,host[:port]…][/database][?cluster=on&cafile=…]`. Several hosts are nodes of a
 * Redis Cluster; one host is with `cluster=on`, as the one address of a managed cluster.
 *
 * @throws TypeError that says what is wrong, and nothing of the password
 */
export function parseRedisUrl(text: string): RedisLocation {
  const [, scheme, user = '', hosts = '', database = '', query = ''] = form.exec(text) ?? [];
  if (scheme === undefined) throw new TypeError('is not a URL with scheme redis or rediss');
  const [first, ...others] = hosts.split(',').map(parseAddress);
  if (first === undefined) throw new TypeError('names no host');
  const { isCluster, caFile } = parseOptions(query);
  const location = {
    addresses: [first, ...others],
    isCluster: isCluster || others.length > 0,
    database: Number(database),
    ...parseUser(user),
    ...(scheme === 'rediss' ? { tls: caFile === undefined ? {} : { caFile } } : {}),
  } as const;
  if (location.isCluster && location.database !== 0)
    throw new TypeError('names a database, and a Redis Cluster has but the first');
  if (scheme === 'redis' && caFile !== undefined)
    throw new TypeError('has a cafile, which needs the scheme rediss');
  return location;
}

/** A setting that holds such a URL. The file of the authorities has to be there. */
export function redisUrl(): z.ZodType<string, string> {
  return z.string().superRefine((text, context) => {
    try {
      const { tls } = parseRedisUrl(text);
      if (tls?.caFile !== undefined) readFileSync(tls.caFile);
    } catch (error) {
      context.addIssue({ code: 'custom', message: faultOf(error) });
    }
  });
}

function faultOf(error: unknown): string {
  if (error instanceof TypeError) return error.message;
  return `has a cafile that cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`;
}

/** IPv6 addresses stand in brackets. */
function parseAddress(text: string): RedisAddress {
  const [, bracketed, name, port] =
    /^(?:\[([\da-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d+))?$/.exec(text.trim()) ?? [];
  const host = bracketed ?? name;
  const number = port === undefined ? defaultPort : Number(port);
  if (host === undefined || number < 1 || number > 65_535)
    throw new TypeError('has a host that is none: hosts are separated by commas, each host[:port]');
  return { host, port: number };
}

function parseUser(text: string): Pick<RedisLocation, 'username' | 'password'> {
  const [username = '', ...rest] = text.split(':');
  const password = rest.join(':');
  return {
    ...(username === '' ? {} : { username: decode(username) }),
    ...(password === '' ? {} : { password: decode(password) }),
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TypeError('has a user or password that is not percent-encoded');
  }
}

const options = new Set(['cluster', 'cafile']);

function parseOptions(query: string): { isCluster: boolean; caFile: string | undefined } {
  const given = new URLSearchParams(query);
  for (const name of given.keys())
    if (!options.has(name)) throw new TypeError(`has an unknown option: ${name}`);
  const cluster = given.get('cluster') ?? 'off';
  if (cluster !== 'on' && cluster !== 'off') throw new TypeError('has a cluster that is neither on nor off');
  return { isCluster: cluster === 'on', caFile: given.get('cafile') ?? undefined };
}
