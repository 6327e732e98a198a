import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { getGlobalDispatcher } from 'undici';
import { exchange } from '../client/index.ts';
import { createAbsenceLog, type Logger } from '../telemetry/index.ts';
import type { IssuerKeys } from './issuer-keys.ts';

type PublicKey = Awaited<ReturnType<JWTVerifyGetKey>>;

export interface JwksSourceOptions {
  readonly url: string;
  readonly logger: Logger;
  /**
   * How old the keys may get before they are read again, in milliseconds; less where the issuer says so (`max-age`).
   * Default five minutes.
   */
  readonly refreshMs?: number;
  /**
   * Least time between two reads that unknown key ids cause, in milliseconds. Default a second. As long as the issuer
   * publishes every key for longer than this before it signs, nobody who sends unknown key ids can have a valid token refused:
   * the read that keeps the next from happening has already brought its key.
   */
  readonly cooldownMs?: number;
  /** Between two reads while the issuer is silent, in milliseconds. Default five seconds. */
  readonly retryMs?: number;
  readonly clock?: () => number;
}

/** Least time between two reads while there are no keys yet, in milliseconds, however many tokens come. */
const firstRetryMs = 250;
const readTimeoutMs = 2_000;
const keySetBytesMax = 1_048_576;

/**
 * Keys of an issuer, kept for as long as the issuer is silent: its absence must not refuse tokens that can be verified. Once
 * read they are read again in time, whether tokens come or not, so that a key that was published long enough is known here
 * when its first token comes, even if the issuer is gone by then.
 */
export interface JwksSource extends IssuerKeys {
  /** Rejects with `JWKSNoMatchingKey` only when the issuer was asked; while it cannot be, an unknown key is its failure. */
  readonly getKey: JWTVerifyGetKey;
  /** Rejects until the keys have been read once. */
  assertLoaded(): Promise<void>;
  /** Reads no more. */
  close(): void;
}

export function createJwksSource(options: JwksSourceOptions): JwksSource {
  const { refreshMs = 300_000, cooldownMs = 1_000, retryMs = 5_000, clock = Date.now } = options;
  let find: ReturnType<typeof createLocalJWKSet> | undefined;
  let kids: ReadonlySet<string> = new Set();
  let triedAt = Number.NEGATIVE_INFINITY;
  let freshForMs = refreshMs;
  let reading: Promise<void> | undefined;
  let failure: Error | undefined;
  let nextRead: NodeJS.Timeout | undefined;
  let isClosed = false;
  const absence = createAbsenceLog(options.logger);

  async function read(): Promise<void> {
    triedAt = clock();
    try {
      const { keySet, maxAgeMs } = await fetchKeySet(options.url);
      find = createLocalJWKSet(keySet);
      kids = new Set(keySet.keys.flatMap(({ kid }) => kid ?? []));
      freshForMs = Math.min(refreshMs, Math.max(maxAgeMs, cooldownMs));
      failure = undefined;
      absence.present({ url: options.url }, "the issuer's keys are read again");
    } catch (error) {
      failure = new Error("the issuer's keys could not be read", { cause: error });
      absence.away({ err: error, url: options.url }, "the issuer's keys could not be read");
    }
    if (find !== undefined) readIn(failure === undefined ? freshForMs : retryMs);
  }
  const refresh = () =>
    (reading ??= read().finally(() => {
      reading = undefined;
    }));
  function readIn(ms: number): void {
    clearTimeout(nextRead);
    if (!isClosed) nextRead = setTimeout(refresh, ms).unref();
  }

  async function firstRead(): Promise<void> {
    const isTooSoon = reading === undefined && clock() - triedAt < firstRetryMs;
    if (!isTooSoon || failure === undefined) await refresh();
    if (find === undefined) throw failure ?? new errors.JWKSNoMatchingKey();
  }
  async function getKey(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) await firstRead();
    // The timer is late where the process was suspended.
    else if (clock() - triedAt > freshForMs) void refresh();
    try {
      return await lookUp(...args);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // A read that is under way may bring the key; one that has just ended has not.
      if (reading !== undefined || clock() - triedAt >= cooldownMs) await refresh();
      return await lookUpOrFail(args);
    }
  }
  async function lookUp(...args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    if (find === undefined) throw new errors.JWKSNoMatchingKey();
    return find(...args);
  }
  /** Whether an unknown key is the issuer's cannot be told while the issuer is silent: then nothing is said of the token. */
  async function lookUpOrFail(args: Parameters<JWTVerifyGetKey>): Promise<PublicKey> {
    try {
      return await lookUp(...args);
    } catch (error) {
      throw error instanceof errors.JWKSNoMatchingKey ? (failure ?? error) : error;
    }
  }
  return {
    getKey,
    isPublished: (kid) => kids.has(kid),
    assertLoaded: async () => (find === undefined ? firstRead() : undefined),
    close() {
      isClosed = true;
      clearTimeout(nextRead);
    },
  };
}

async function fetchKeySet(url: string): Promise<{ keySet: JSONWebKeySet; maxAgeMs: number }> {
  const { origin, pathname, search } = new URL(url);
  const { status, headers, body } = await exchange(getGlobalDispatcher(), {
    origin,
    path: `${pathname}${search}`,
    method: 'GET',
    bytesMax: keySetBytesMax,
    signal: AbortSignal.timeout(readTimeoutMs),
  });
  if (status !== 200) throw new Error(`the issuer answered ${status}`);
  const keySet = JSON.parse(body.toString('utf8')) as JSONWebKeySet;
  return { keySet, maxAgeMs: maxAgeMsOf(headers['cache-control']) };
}

/** Infinite where the answer does not say (RFC 9111 section 5.2.2.1). */
function maxAgeMsOf(cacheControl: string | readonly string[] | undefined): number {
  const [, seconds] = /(?:^|[,\s])max-age=(\d+)/.exec(String(cacheControl ?? '')) ?? [];
  return seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds) * 1_000;
}
