import type { Jwks } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import type { SigningKey } from '../domain/signing-key.ts';

/** The signing keys in memory: they outlast a database that goes away. Before the first load everything throws. */
export interface KeyRing {
  /** @param keys newest first, at least one */
  load(keys: readonly SigningKey[]): void;
  /** The key that new tokens are signed with. @throws ProblemError `service.unavailable` */
  signingKey(): SigningKey;
  /** The keys that tokens in circulation may be signed with. @throws ProblemError `service.unavailable` */
  publicKeys(): Jwks;
  /** Finds the key of a token of ours. @throws ProblemError `service.unavailable` */
  readonly getKey: JWTVerifyGetKey;
}

export function createKeyRing(): KeyRing {
  let loaded: { newest: SigningKey; jwks: Jwks; find: JWTVerifyGetKey } | undefined;

  function held() {
    if (loaded !== undefined) return loaded;
    throw new ProblemError('service.unavailable', {
      detail: 'The signing keys have not been read yet.',
      headers: { 'Retry-After': '1' },
    });
  }
  return {
    load(keys) {
      const [newest] = keys;
      if (newest === undefined) throw new RangeError('a key ring holds at least one key');
      const jwks = { keys: keys.map((key) => key.publicJwk) };
      loaded = { newest, jwks, find: createLocalJWKSet(jwks) };
    },
    signingKey: () => held().newest,
    publicKeys: () => held().jwks,
    getKey: (...lookup) => held().find(...lookup),
  };
}
