import { ProblemError } from '../errors/index.ts';
import type { Logger } from '../telemetry/index.ts';

/** How long revocations are believed without having been read, in milliseconds (design section 5). */
export const staleAfterMs = 10_000;

/** Whether what was read can still be relied on. */
export interface Freshness {
  /** Takes a read that succeeded. */
  recordRead(): void;
  /** Takes a read that failed. */
  recordFailure(cause: unknown): void;
  /** @throws ProblemError `service.unavailable` when nothing was ever read, or nothing for ten seconds */
  assertFresh(): void;
  /** Time since the last read or, where there was none, since the beginning, in milliseconds. */
  ageMs(): number;
}

/** @param options.monotonicMs a clock that nobody sets */
export function createFreshness(options: { logger: Logger; monotonicMs: () => number }): Freshness {
  const { logger, monotonicMs } = options;
  let readAt = monotonicMs();
  let isLoaded = false;
  let isToldStale = false;
  const ageMs = () => monotonicMs() - readAt;
  const isFresh = () => isLoaded && ageMs() <= staleAfterMs;

  return {
    recordRead() {
      if (isToldStale) logger.info({ ageMs: Math.round(ageMs()) }, 'revocations can be read again');
      readAt = monotonicMs();
      isLoaded = true;
      isToldStale = false;
    },
    recordFailure(cause) {
      if (isToldStale || ageMs() <= staleAfterMs) return;
      logger.warn({ err: cause }, 'revocations cannot be read: no token is accepted until they can');
      isToldStale = true;
    },
    assertFresh() {
      if (isFresh()) return;
      throw revocationsUnknown();
    },
    ageMs,
  };
}

export function revocationsUnknown(): ProblemError {
  return new ProblemError('service.unavailable', {
    detail: 'Which tokens are revoked cannot be known now.',
    headers: { 'Retry-After': '1' },
  });
}
