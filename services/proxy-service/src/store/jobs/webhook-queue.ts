import { createHash } from 'node:crypto';
import { fromKysely, type PgBoss } from 'pg-boss';
import type { WebhookTurn } from '../../domain/webhook.ts';
import type { ProxyDatabase } from './database-schema.ts';
import { toJobId, toUuid } from './job-uuid.ts';

/** Turns of messages that jobs have ended, one of each job; it holds ids of jobs and digests of hosts. */
export interface WebhookQueue {
  /** Makes its queue. Repeating it changes nothing. */
  prepare(): Promise<void>;
  add(transaction: ProxyDatabase, jobId: string, host: string): Promise<void>;
  take(turnsMax: number): Promise<readonly WebhookTurn[]>;
  finish(turn: WebhookTurn): Promise<void>;
  giveBack(turn: WebhookTurn): Promise<void>;
}

const queueName = 'webhooks';

/** How often a message is tried; with the pauses below that takes eight to ten hours. */
const triesMax = 20;

/** Messages on their way to one host at once, at all replicas together: one that is slow keeps no others waiting. */
const sendingToHostMax = 4;

const queueOptions = {
  retryLimit: triesMax - 1,
  // 1 to 2 s, then each time twice as long, up to an hour.
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 3_600,
  // Whoever is at it longer than any try may take is lost.
  expireInSeconds: 30,
  deleteAfterSeconds: 60,
};

export function createWebhookQueue(boss: PgBoss): WebhookQueue {
  return {
    prepare: () => boss.createQueue(queueName, queueOptions),
    async add(transaction, jobId, host) {
      const group = { id: createHash('sha256').update(host).digest('base64url') };
      await boss.send(queueName, null, { id: toUuid(jobId), group, db: fromKysely(transaction) });
    },
    async take(turnsMax) {
      const options = {
        batchSize: turnsMax,
        groupConcurrency: sendingToHostMax,
        includeMetadata: true,
      } as const;
      const due = await boss.fetch(queueName, options);
      return due.map(({ id, createdOn, retryCount, retryLimit }) => ({
        ...{ jobId: toJobId(id), endedAt: createdOn, tries: retryCount },
        isLast: retryCount >= retryLimit,
      }));
    },
    async finish(turn) {
      await boss.complete(queueName, toAttempt(turn));
    },
    async giveBack(turn) {
      await boss.fail(queueName, toAttempt(turn));
    },
  };
}

const toAttempt = ({ jobId, tries }: WebhookTurn) => ({ id: toUuid(jobId), retryCount: tries });
