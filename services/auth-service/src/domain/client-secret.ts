import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { agentKeysMax } from '@4runr/contracts/agent';
import { ProblemError } from '@4runr/service-kit/errors';
import { newId } from './new-id.ts';

/** A client secret as it is stored: what tells it apart, and its keyed hash in base64url. */
export interface HashedSecret {
  /** `sec_…` */
  readonly kid: string;
  readonly digest: string;
}

/** A secret that was just made; `secret` is shown once and kept nowhere. */
export interface NewClientSecret extends HashedSecret {
  readonly secret: string;
}

/**
 * Makes and checks client secrets. A secret is 256 random bits, so that a plain HMAC protects it as well as a slow hash
 * would; the key of the HMAC, the pepper, is not in the database in the clear. A hash belongs to its client: moved to
 * another one it proves nothing.
 */
export interface ClientSecrets {
  /** @param pepper 32 bytes, the same on every replica and at every start */
  load(pepper: Buffer): void;
  /** @throws ProblemError `service.unavailable` before the pepper is loaded, and so does `findKid` */
  create(clientId: string): NewClientSecret;
  /** The `kid` of a client's secret; `undefined` where it is none of the client's. Does the same work for one that has none. */
  findKid(
    secrets: readonly HashedSecret[],
    candidate: { readonly clientId: string; readonly secret: string },
  ): string | undefined;
}

export function createClientSecrets(): ClientSecrets {
  let loaded: Buffer | undefined;

  function digestOf(clientId: string, secret: string): Buffer {
    if (loaded === undefined) {
      throw new ProblemError('service.unavailable', {
        detail: 'What checks client secrets has not been read yet.',
        headers: { 'Retry-After': '1' },
      });
    }
    return createHmac('sha256', loaded)
      .update(JSON.stringify([clientId, secret]))
      .digest();
  }
  return {
    load: (pepper) => {
      loaded = pepper;
    },
    create(clientId) {
      const secret = `4rs_${randomBytes(32).toString('base64url')}`;
      return { kid: newId('sec'), secret, digest: digestOf(clientId, secret).toString('base64url') };
    },
    findKid(secrets, { clientId, secret }) {
      const digest = digestOf(clientId, secret);
      const matches = Array.from({ length: agentKeysMax }, (_, index) =>
        timingSafeEqual(Buffer.from(secrets[index]?.digest ?? decoy, 'base64url'), digest),
      );
      return secrets[matches.indexOf(true)]?.kid;
    },
  };
}

/** Compared where a client has no secret, so that the work is the same. */
const decoy = Buffer.alloc(32).toString('base64url');
