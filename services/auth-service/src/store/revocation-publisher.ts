import { ProblemError } from '@4runr/service-kit/errors';
import type { Logger } from '@4runr/service-kit/telemetry';
import type { RevocationPublisher } from '../domain/revocation-publisher.ts';
import type { AuthDatabase } from './database-schema.ts';
import { markPublished, readUnpublishedOf } from './postgres-revocations.ts';
import type { PublishedRevocations } from './redis-revocations.ts';

/** Takes revocations from Postgres to Redis while whoever revoked waits for the answer. */
export function createRevocationPublisher(parts: {
  database: AuthDatabase;
  published: PublishedRevocations;
  logger: Logger;
}): RevocationPublisher {
  const { database, published, logger } = parts;
  return {
    async publish(subject) {
      const pending = await readUnpublishedOf(database, subject);
      if (pending.length === 0) return;
      try {
        await published.add(pending);
      } catch (cause) {
        throw new ProblemError('service.unavailable', {
          detail: 'The revocation is stored, and takes effect as soon as Redis can be written.',
          cause,
          headers: { 'Retry-After': '1' },
        });
      }
      // It has taken effect, and published twice it changes nothing: no reason to tell a failure.
      await markPublished(database, pending).catch((error: unknown) =>
        logger.warn({ err: error }, 'a revocation that was published could not be marked so'),
      );
    },
  };
}
