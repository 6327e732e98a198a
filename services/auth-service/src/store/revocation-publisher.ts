import { ProblemError } from '@4runr/service-kit/errors';
import type { RevocationPublisher } from '../domain/revocation-publisher.ts';
import type { AuthDatabase } from './database-schema.ts';
import { claimUnpublishedOf, markPublished } from './postgres-revocations.ts';
import type { PublishedRevocations } from './redis-revocations.ts';

/** Takes revocations from Postgres to Redis while whoever revoked waits for the answer. */
export function createRevocationPublisher(parts: {
  database: AuthDatabase;
  published: PublishedRevocations;
}): RevocationPublisher {
  return {
    publish: (subject) =>
      parts.database.transaction().execute(async (transaction) => {
        const pending = await claimUnpublishedOf(transaction, subject);
        if (pending.length === 0) return;
        await parts.published.add(pending).catch(refuseForNow);
        await markPublished(transaction, pending);
      }),
  };
}

function refuseForNow(cause: unknown): never {
  throw new ProblemError('service.unavailable', {
    detail: 'The revocation is stored, and takes effect as soon as Redis can be written.',
    cause,
    headers: { 'Retry-After': '1' },
  });
}
