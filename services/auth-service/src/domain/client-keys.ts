import { agentKeysMax } from '@4runr/contracts/agent';
import type { PublicJwk } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import { calculateJwkThumbprint, type JWK } from 'jose';

/** What a client authenticates with. */
export interface ClientKeys {
  readonly keys: readonly PublicJwk[];
  readonly secrets: readonly { readonly kid: string }[];
}

/** @throws ProblemError `conflict` when there is the key, another of its `kid`, or as many as there may be */
export async function assertNewKey({ keys }: ClientKeys, key: PublicJwk): Promise<void> {
  assertRoom(keys);
  if (keys.some(({ kid }) => kid === key.kid)) throw conflict('There is a key of this kid already.');
  if ((await findByThumbprint(keys, await thumbprintOf(key))) !== undefined) {
    throw conflict('This key is there already, by another kid.');
  }
}

/** @param present keys, or secrets @throws ProblemError `conflict` when there are as many as there may be */
export function assertRoom(present: readonly unknown[]): void {
  if (present.length >= agentKeysMax) throw conflict(`There are ${agentKeysMax} of them already.`);
}

/** A key or secret that goes. */
export interface RemovedKey {
  readonly kid: string;
  /** Everything that it can be named by: its `kid`, and a key's thumbprint. */
  readonly names: readonly string[];
}

/**
 * The key or secret that shall be removed; `undefined` when it was removed before.
 *
 * @param name its `kid` or, because not every `kid` can be written in a path, the key's thumbprint (RFC 7638)
 * @throws ProblemError `route.unknown` when there is none and never was, `conflict` when it is the last one
 */
export async function findRemovableKey(
  client: ClientKeys & { readonly removedKeys: readonly string[] },
  name: string,
): Promise<RemovedKey | undefined> {
  const { keys, secrets, removedKeys } = client;
  const present = await Promise.all([...keys.map(namesOfKey), ...secrets.map(namesOfSecret)]);
  const key = present.find(({ kid }) => kid === name) ?? present.find(({ names }) => names.includes(name));
  if (key !== undefined && present.length === 1)
    throw conflict('It is the last one: add another first, or suspend the client.');
  if (key === undefined && !removedKeys.includes(name))
    throw new ProblemError('route.unknown', { detail: unknownKeyDetail });
  return key;
}

const unknownKeyDetail =
  'The client is known, but it has no key or secret of this kid, no key of this thumbprint, and none of its last removed was one.';

async function namesOfKey(key: PublicJwk): Promise<RemovedKey> {
  return { kid: key.kid, names: [key.kid, await thumbprintOf(key)] };
}

function namesOfSecret({ kid }: { readonly kid: string }): RemovedKey {
  return { kid, names: [kid] };
}

/** What a key is, whatever it is called (RFC 7638). */
export function thumbprintOf(key: PublicJwk): Promise<string> {
  return calculateJwkThumbprint(key as JWK);
}

async function findByThumbprint(
  keys: readonly PublicJwk[],
  thumbprint: string,
): Promise<PublicJwk | undefined> {
  const thumbprints = await Promise.all(keys.map(thumbprintOf));
  return keys[thumbprints.indexOf(thumbprint)];
}

function conflict(detail: string): ProblemError {
  return new ProblemError('conflict', { detail });
}
