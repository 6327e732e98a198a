import { setTimeout as delay } from 'node:timers/promises';
import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { Kit } from '../lifecycle/index.ts';
import { createRedis } from '../redis/index.ts';
import { createFreshness, type Freshness, revocationsUnknown } from './freshness.ts';
import { createRevocationList } from './revocation-list.ts';
import { createRevocationMetrics } from './revocation-metrics.ts';
import { createRevocationReader, type RevocationReader } from './revocation-reader.ts';
import { createRevocationSource, feedBlockMs } from './revocation-source.ts';

export interface RevocationFeedOptions {
  /** URL of the state Redis. */
  readonly redisUrl: string;
  /** Milliseconds of a clock that nobody sets; staleness is measured by it. */
  readonly monotonicMs?: () => number;
}

/** What is known of revocations, or that it is not known. */
export interface Revocations {
  /**
   * Whether the token must not be accepted any more. In memory: it costs no I/O.
   *
   * @throws ProblemError `service.unavailable` when that cannot be known: see `assertFresh`
   */
  isRevoked(claims: AccessTokenClaims): boolean;
  /**
   * @throws ProblemError `service.unavailable` when revocations were never read, or not for ten seconds, or while one that is
   * not understood matters
   */
  assertFresh(): void;
}

/** Longest wait for an answer, beside the wait for messages, in milliseconds. */
const commandTimeoutMs = 1_000;
/** Pause after a read that failed, and between two looks for a list that nobody has written yet, in milliseconds. */
const pauseMs = 100;

/**
 * Reads revocations as long as the service runs, on a connection of its own. Redis may be away at the start and at any
 * time: reading goes on when it is back.
 */
export function createRevocationFeed(kit: Kit, options: RevocationFeedOptions): Revocations {
  const { monotonicMs = performance.now.bind(performance) } = options;
  const redis = createRedis(kit, { url: options.redisUrl, commandTimeoutMs: feedBlockMs + commandTimeoutMs });
  const list = createRevocationList();
  const freshness = createFreshness({ logger: kit.logger, monotonicMs });
  const reader = createRevocationReader({
    source: createRevocationSource(redis),
    list,
    metrics: createRevocationMetrics(kit.metrics, freshness.ageMs),
    logger: kit.logger,
    nowMs: Date.now,
  });
  const stopping = new AbortController();
  // Registered last, closed first: the end of the connection then ends the read under way.
  kit.onClose('revocations', () => stopping.abort());
  void readOn(reader, freshness, stopping.signal);
  const assertFresh = () => {
    freshness.assertFresh();
    if (!list.isUnderstood(Date.now() / 1_000)) throw revocationsUnknown();
  };
  return {
    isRevoked(claims) {
      assertFresh();
      return list.isRevoked(claims);
    },
    assertFresh,
  };
}

async function readOn(reader: RevocationReader, freshness: Freshness, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const isRead = await readOnce(reader, freshness, signal);
    if (!isRead) await delay(pauseMs, undefined, { signal }).catch(() => {});
  }
}

async function readOnce(
  reader: RevocationReader,
  freshness: Freshness,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const isRead = await reader.read();
    if (isRead) freshness.recordRead();
    else freshness.recordFailure(new Error('auth-service has not written the list of revocations yet'));
    return isRead;
  } catch (error) {
    if (!signal.aborted) freshness.recordFailure(error);
    return false;
  }
}
