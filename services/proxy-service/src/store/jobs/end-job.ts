import type { JobStatus } from '@4runr/contracts/job';
import type { JobEnd } from '../../domain/job.ts';
import type { ProxyDatabase } from './database-schema.ts';
import { appendEvent } from './job-events.ts';
import type { JobStorage } from './job-storage.ts';

export interface EndingOf {
  readonly id: string;
  /** Statuses that it may have. */
  readonly of: readonly JobStatus[];
  readonly end: JobEnd;
}

/**
 * Ends a job that is of one of the statuses, forgets what was to be carried out, and has whoever wants to know told of it, all or
 * none.
 *
 * @returns whether it was
 */
export function endJob(
  database: ProxyDatabase,
  storage: Pick<JobStorage, 'sealer' | 'expiry' | 'queue'>,
  { id, of, end }: EndingOf,
): Promise<boolean> {
  const answer = end.status === 'cancelled' ? null : storage.sealer.sealAnswer(end.answer, id);
  return inTransaction(database, async (transaction) => {
    const ended = await transaction
      .updateTable('jobs')
      .set({ status: end.status, answer, request: null, ...appendEvent(end.status), ...storage.expiry() })
      .where('id', '=', id)
      .where('status', 'in', of)
      .returning('webhook')
      .executeTakeFirst();
    if (ended === undefined) return false;
    await tellOfEnd(transaction, storage, { id, webhook: ended.webhook });
    return true;
  });
}

async function tellOfEnd(
  transaction: ProxyDatabase,
  { sealer, queue }: Pick<JobStorage, 'sealer' | 'queue'>,
  { id, webhook }: { readonly id: string; readonly webhook: string | null },
): Promise<void> {
  if (webhook === null) return;
  await queue.webhooks.add(transaction, id, new URL(sealer.openWebhook(webhook, id)).host);
}

function inTransaction<T>(
  database: ProxyDatabase,
  work: (transaction: ProxyDatabase) => Promise<T>,
): Promise<T> {
  return database.isTransaction ? work(database) : database.transaction().execute(work);
}
