import { sql } from 'kysely';
import type { BegunJob, JobTurns, Turn } from '../../domain/job.ts';
import type { ProxyDatabase } from './database-schema.ts';
import { endJob } from './end-job.ts';
import { appendEvent } from './job-events.ts';
import type { JobStorage } from './job-storage.ts';
import { notBegun } from './overdue-end.ts';

/** @param waitMaxSeconds how long a job may be queued: later it is not begun, but fails */
export function createJobTurns(
  storage: JobStorage,
  { waitMaxSeconds }: { readonly waitMaxSeconds: number },
): JobTurns {
  const { queue, sealer, whenPrepared } = storage;

  async function begin(database: ProxyDatabase, jobId: string): Promise<BegunJob | undefined> {
    return database.transaction().execute(async (transaction) => {
      const row = await transaction
        .selectFrom('jobs')
        .selectAll()
        .select(sql<boolean>`created_at < now() - make_interval(secs => ${waitMaxSeconds})`.as('is_overdue'))
        .where('id', '=', jobId)
        .where('status', 'in', ['queued', 'running'])
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined || row.request === null) return undefined;
      const wasLost = row.status === 'running';
      if (row.is_overdue && !wasLost) {
        await endJob(transaction, storage, { id: jobId, of: ['queued'], end: notBegun(waitMaxSeconds) });
        return undefined;
      }
      const losses = row.losses + (wasLost ? 1 : 0);
      await transaction
        .updateTable('jobs')
        .set({ losses, ...(wasLost ? {} : { status: 'running', ...appendEvent('running') }) })
        .where('id', '=', jobId)
        .execute();
      return {
        ...{ id: jobId, createdAt: row.created_at, wasLost, losses, isCancelAsked: row.is_cancel_asked },
        order: {
          ...{ toolName: row.tool, actionName: row.action, effect: row.effect },
          ...sealer.openOrder(row.request, jobId),
          traceParent: row.trace_parent ?? undefined,
        },
      };
    });
  }

  return {
    take: (turnsMax) => whenPrepared(() => queue.take(turnsMax)),
    keep: (turns) => whenPrepared(() => queue.keep(turns)),
    begin: (turn) =>
      whenPrepared(async (database) => {
        const job = await begin(database, turn.jobId);
        if (job === undefined) await queue.finish(turn);
        return job;
      }),
    end: (turn, end) =>
      whenPrepared(async (database) => {
        await endJob(database, storage, { id: turn.jobId, of: ['queued', 'running'], end });
        await queue.finish(turn);
      }),
    giveBack: (turn) =>
      whenPrepared(async (database) => {
        await requeue(database, turn);
        await queue.giveBack(turn);
      }),
    cancelsAsked: (ids) =>
      whenPrepared(async (database) => {
        const rows = await database
          .selectFrom('jobs')
          .select('id')
          .where('id', 'in', ids)
          .where('is_cancel_asked', '=', true)
          .execute();
        return rows.map(({ id }) => id);
      }),
  };
}

/** A job that is to be stopped is not begun again. */
async function requeue(database: ProxyDatabase, { jobId }: Turn): Promise<void> {
  await database
    .updateTable('jobs')
    .set({ status: 'queued', ...appendEvent('queued') })
    .where('id', '=', jobId)
    .where('status', '=', 'running')
    .where(sql<boolean>`not is_cancel_asked`)
    .execute();
}
