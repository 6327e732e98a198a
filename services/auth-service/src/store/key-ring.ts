import type { Jwks, PublicJwk } from '@4runr/contracts/token';
import type { IssuerKeys } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import type { SigningKey } from '../domain/signing-key.ts';

/** What a ring holds. */
export interface HeldKeys {
  /** The public halves of all keys, the active first. */
  readonly published: readonly PublicJwk[];
  /** The active key, or why it cannot be used. */
  readonly active: SigningKey | Error;
}

/** The signing keys in memory: they outlast a database that goes away. Before the first load everything throws. */
export interface KeyRing extends IssuerKeys {
  load(keys: HeldKeys): void;
  /** The key that new tokens are signed with. @throws ProblemError `service.unavailable` */
  signingKey(): SigningKey;
  /** The keys that tokens in circulation, and those to come, may be signed with. @throws ProblemError `service.unavailable` */
  publicKeys(): Jwks;
  /** Finds the key of a token of ours. @throws ProblemError `service.unavailable` */
  readonly getKey: JWTVerifyGetKey;
}

export function createKeyRing(): KeyRing {
  let loaded:
    | { active: SigningKey | Error; jwks: Jwks; find: JWTVerifyGetKey; kids: ReadonlySet<string> }
    | undefined;

  function held() {
    if (loaded !== undefined) return loaded;
    throw unavailable('The signing keys have not been read yet.');
  }
  return {
    load({ published, active }) {
      const jwks = { keys: [...published] };
      const kids = new Set(published.map(({ kid }) => kid));
      loaded = { active, jwks, find: createLocalJWKSet(jwks), kids };
    },
    signingKey() {
      const { active } = held();
      if (active instanceof Error) throw unavailable('The signing key cannot be used.', active);
      return active;
    },
    publicKeys: () => held().jwks,
    getKey: (...lookup) => held().find(...lookup),
    isPublished: (kid) => held().kids.has(kid),
  };
}

function unavailable(detail: string, cause?: Error): ProblemError {
  return new ProblemError('service.unavailable', { detail, cause, headers: { 'Retry-After': '1' } });
}
