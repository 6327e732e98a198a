import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import type { Logger } from '../telemetry/index.ts';

type PublicKey = Awaited<ReturnType<JWTVerifyGetKey>>;

export interface JwksSourceOptions {
  readonly url: string;
  readonly logger: Logger;
  /** How old the keys may get before they are read again, in milliseconds. Default five minutes. */
  readonly refreshMs?: number;
  /** Least time between two reads that unknown key ids cause, in milliseconds. Default five seconds. */
  readonly cooldownMs?: number;
  readonly clock?: () => number;
}

/** Keys of an issuer, kept for as long as the issuer is silent: its absence must not refuse tokens that can be verified. */
export interface JwksSource {
  readonly getKey: JWTVerifyGetKey;
  /** Rejects until the keys have been read once. */
  assertLoaded(): Promise<void>;
}

export function createJwksSource(options: JwksSourceOptions): JwksSource {
  const { refreshMs = 300_000, cooldownMs = 5_000, clock = Date.now } = options;
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    triedAt = clock();
    try {
      find = createLocalJWKSet(await fetchKeySet(options.url));
    } catch (error) {
      options.logger.warn({ err: error, url: options.url }, "the issuer's keys could not be read");
      if (find === undefined) throw error;
    }
  }
  const refresh = () =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));

  async function getKey(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) await refresh();
    else if (clock() - triedAt > refreshMs) void refresh();
    try {
      return await lookUp(...args);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || clock() - triedAt < cooldownMs) throw error;
      await refresh();
      return await lookUp(...args);
    }
  }
  async function lookUp(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) throw new errors.JWKSNoMatchingKey();
    return find(...args);
  }
  return { getKey, assertLoaded: async () => (find === undefined ? refresh() : undefined) };
}

async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'error' });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  return (await response.json()) as JSONWebKeySet;
}
