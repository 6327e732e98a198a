import type { Client } from './client.ts';
import { OAuthError, type RefusalReason } from './oauth-error.ts';

/**
 * Uses up one of what a key has per minute, counted over all replicas. However many ask at a time, no more get one.
 *
 * @returns seconds to wait when there is none left
 */
export type TakeOne = (key: string) => Promise<number | undefined>;

/** Who asks: the client as it names itself, unproven, and the address; requests from this machine have none and are exempt. */
export interface Asker {
  readonly namedClient: string;
  readonly address: string | undefined;
}

/**
 * What keeps floods and guessing from the OAuth endpoints. Nobody can use up what belongs to another client: its requests
 * for tokens count once it has proved who it is, and no number of failures keeps right credentials from passing.
 */
export interface RateLimits {
  /** Every request, before anything is looked at. @throws OAuthError 429 */
  admitAddress(address: string | undefined): Promise<void>;
  /** Credentials that proved wrong. @throws OAuthError 429 where they are one too many */
  admitFailure(asker: Asker): Promise<void>;
  /** A client that asks for a token and has proved who it is. @throws OAuthError 429 */
  admitClient(client: Client): Promise<void>;
}

export function createRateLimits(limits: {
  addresses: TakeOne;
  clients: TakeOne;
  failures: TakeOne;
}): RateLimits {
  const { addresses: takeRequest, clients: takeToken, failures: takeFailure } = limits;
  return {
    async admitAddress(address) {
      if (address === undefined) return;
      assertNoWait(await takeRequest(address), 'address_rate');
    },
    async admitFailure({ namedClient, address }) {
      if (address === undefined) return;
      const wait = await takeFailure(JSON.stringify([namedClient, address]));
      assertNoWait(wait, 'failure_rate', namedClient);
    },
    async admitClient({ clientId }) {
      assertNoWait(await takeToken(clientId), 'client_rate', clientId);
    },
  };
}

function assertNoWait(seconds: number | undefined, reason: RefusalReason, clientId?: string): void {
  if (seconds === undefined) return;
  throw new OAuthError('temporarily_unavailable', `Too many requests: try again in ${seconds} s`, {
    reason,
    status: 429,
    headers: { 'Retry-After': String(seconds) },
    ...(clientId === undefined ? {} : { clientId }),
  });
}
