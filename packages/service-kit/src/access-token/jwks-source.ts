import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { getGlobalDispatcher } from 'undici';
import { exchange } from '../client/index.ts';
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

/** Least time between two reads while there are no keys yet, in milliseconds, however many tokens come. */
const firstRetryMs = 250;
const readTimeoutMs = 2_000;
const keySetBytesMax = 1_048_576;

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
  let failure: Error | undefined;

  async function read(): Promise<void> {
    triedAt = clock();
    try {
      find = createLocalJWKSet(await fetchKeySet(options.url));
    } catch (error) {
      options.logger.warn({ err: error, url: options.url }, "the issuer's keys could not be read");
      failure = new Error("the issuer's keys could not be read", { cause: error });
      if (find === undefined) throw failure;
    }
  }
  const refresh = () =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));

  async function firstRead(): Promise<void> {
    const isTooSoon = reading === undefined && clock() - triedAt < firstRetryMs;
    if (isTooSoon && failure !== undefined) throw failure;
    await refresh();
  }
  async function getKey(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) await firstRead();
    else if (clock() - triedAt > refreshMs) void refresh();
    try {
      return await lookUp(...args);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // A read that is under way may bring the key; one that has just ended has not.
      if (reading === undefined && clock() - triedAt < cooldownMs) throw error;
      await refresh();
      return await lookUp(...args);
    }
  }
  async function lookUp(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) throw new errors.JWKSNoMatchingKey();
    return find(...args);
  }
  return { getKey, assertLoaded: async () => (find === undefined ? firstRead() : undefined) };
}

async function fetchKeySet(url: string): Promise<JSONWebKeySet> {
  const { origin, pathname, search } = new URL(url);
  const { status, body } = await exchange(getGlobalDispatcher(), {
    origin,
    path: `${pathname}${search}`,
    method: 'GET',
    bytesMax: keySetBytesMax,
    signal: AbortSignal.timeout(readTimeoutMs),
  });
  if (status !== 200) throw new Error(`the issuer answered ${status}`);
  return JSON.parse(body.toString('utf8')) as JSONWebKeySet;
}
