import { sql } from 'kysely';
import type { JobKeeping } from '../../domain/job.ts';
import { endJob } from './end-job.ts';
import type { JobStorage } from './job-storage.ts';
import { notBegun } from './overdue-end.ts';

/** Most rows that one round changes: the next one is a few seconds away. */
const roundMax = 1_000;

/** @param waitMaxSeconds how long a job may be queued */
export function createJobKeeping(
  storage: JobStorage,
  { waitMaxSeconds }: { readonly waitMaxSeconds: number },
): JobKeeping {
  const { whenPrepared } = storage;
  return {
    forgetExpired: () =>
      whenPrepared(async (database) => {
        const expired = database
          .selectFrom('jobs')
          .select('id')
          .where('expires_at', '<', sql<Date>`now()`)
          .limit(roundMax)
          .forUpdate()
          .skipLocked();
        await database.deleteFrom('jobs').where('id', 'in', expired).execute();
      }),
    failOverdue: () =>
      whenPrepared(async (database) => {
        const end = notBegun(waitMaxSeconds);
        const overdue = await database
          .selectFrom('jobs')
          .select('id')
          .where('status', '=', 'queued')
          .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${waitMaxSeconds})`)
          .limit(roundMax)
          .execute();
        const ended = await Promise.all(
          overdue.map(({ id }) => endJob(database, storage, { id, of: ['queued'], end })),
        );
        return ended.filter(Boolean).length;
      }),
    countByStatus: () =>
      whenPrepared(async (database) => {
        const rows = await database
          .selectFrom('jobs')
          .select(['status', sql<number>`count(*)::int`.as('count')])
          .where('status', 'in', ['queued', 'running'])
          .groupBy('status')
          .execute();
        return {
          queued: 0,
          running: 0,
          ...Object.fromEntries(rows.map(({ status, count }) => [status, count])),
        };
      }),
  };
}
