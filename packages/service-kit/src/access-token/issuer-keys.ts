import type { JWTVerifyGetKey } from 'jose';

/** The keys that an issuer of tokens publishes. */
export interface IssuerKeys {
  /** Finds the key that has signed a token. Rejects with `JWKSNoMatchingKey` when there is none. */
  readonly getKey: JWTVerifyGetKey;
  /** Whether the key is among those that were read last. No I/O. */
  isPublished(kid: string): boolean;
}
