import { createHash } from 'node:crypto';
import { makeRoom } from '@4runr/service-kit/bounded-memory';

/** A credential that a provider was shown. Only its digest is kept: what is simulated today may be a real one tomorrow. */
export interface ShownCredential {
  readonly provider: string;
  /** SHA-256 of the credential, in hex. */
  readonly sha256: string;
  /** Requests that showed it. */
  readonly requests: number;
}

/** The credentials that providers were shown since the start, the latest 100 of them. */
export interface ShownCredentials {
  shown(provider: string, credential: string): void;
  /** The one that was shown last comes last. */
  list(): readonly ShownCredential[];
}

const keptMax = 100;

export function createShownCredentials(): ShownCredentials {
  const kept = new Map<string, ShownCredential>();
  return {
    shown(provider, credential) {
      const sha256 = createHash('sha256').update(credential).digest('hex');
      const key = `${provider} ${sha256}`;
      const requests = (kept.get(key)?.requests ?? 0) + 1;
      kept.delete(key);
      makeRoom(kept, keptMax);
      kept.set(key, { provider, sha256, requests });
    },
    list: () => [...kept.values()],
  };
}
