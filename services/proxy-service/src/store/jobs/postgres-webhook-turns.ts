import { hasEnded } from '@4runr/contracts/job';
import type { WebhookTurns } from '../../domain/webhook.ts';
import type { JobStorage } from './job-storage.ts';

export function createWebhookTurns({ queue, sealer, whenPrepared }: JobStorage): WebhookTurns {
  const { webhooks } = queue;
  return {
    take: (turnsMax) => whenPrepared(() => webhooks.take(turnsMax)),
    find: ({ jobId }) =>
      whenPrepared(async (database) => {
        const row = await database
          .selectFrom('jobs')
          .select(['id', 'status', 'created_at', 'webhook', 'trace_parent'])
          .where('id', '=', jobId)
          .executeTakeFirst();
        if (row === undefined || row.webhook === null || !hasEnded(row.status)) return undefined;
        return {
          url: sealer.openWebhook(row.webhook, jobId),
          job: { id: row.id, status: row.status, createdAt: row.created_at },
          traceParent: row.trace_parent ?? undefined,
        };
      }),
    finish: (turn) => whenPrepared(() => webhooks.finish(turn)),
    giveBack: (turn) => whenPrepared(() => webhooks.giveBack(turn)),
  };
}
