import type { RedisAddress } from '../redis-url.ts';

/** `host:port`, by which the nodes of a cluster are told apart. */
export type NodeName = string;

export function nameOf({ host, port }: RedisAddress): NodeName {
  return `${host}:${port}`;
}

/** Inverse of `nameOf`; the host may be an IPv6 address. */
export function addressOf(name: NodeName): RedisAddress {
  const colon = name.lastIndexOf(':');
  return { host: name.slice(0, colon), port: Number(name.slice(colon + 1)) };
}

/**
 * The node that an answer names. A node that does not know by which name it is reached leaves its host out, or says `?`: it is
 * reached as the one that answered.
 */
export function namedBy(host: string | null, port: number, asked: RedisAddress): NodeName {
  const isNamed = host !== null && host !== '' && host !== '?';
  return nameOf({ host: isNamed ? host : asked.host, port });
}
