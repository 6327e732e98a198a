import type { Kit } from '@4runr/service-kit/lifecycle';
import { clientAt, type DatabaseOptions } from '@4runr/service-kit/postgres';
import { createAbsenceLog } from '@4runr/service-kit/telemetry';
import { fromKysely, PgBoss } from 'pg-boss';
import type { Turn } from '../../domain/job.ts';
import { type ProxyDatabase, schemaName } from './database-schema.ts';
import { toJobId, toUuid } from './job-uuid.ts';
import { createWebhookQueue, type WebhookQueue } from './webhook-queue.ts';

/** Turns of jobs, each given to one replica at a time; it holds their ids alone. */
export interface JobQueue {
  /** Begins its work, and makes its tables unless somebody else does. Repeating it changes nothing. */
  prepare(): Promise<void>;
  /** @param priority the higher, the earlier; of the same one, first in, first out */
  add(transaction: ProxyDatabase, jobId: string, priority: number): Promise<void>;
  take(turnsMax: number): Promise<readonly Turn[]>;
  keep(turns: readonly Turn[]): Promise<void>;
  finish(turn: Turn): Promise<void>;
  giveBack(turn: Turn): Promise<void>;
  readonly webhooks: WebhookQueue;
}

const queueName = 'jobs';

/** How long a replica may be silent about a turn before another one gets it, in seconds; pg-boss takes no less. */
const silenceMaxSeconds = 10;
/** How often that is looked for, by one of the replicas, in seconds. */
const superviseSeconds = 2;

/**
 * How long the server may take for a statement, and it is waited for an answer, in milliseconds: then the connection is given up, and
 * another one is opened. pg-boss hands its options on to the pool of pg as they are; its types tell of few of those.
 */
const patience = { statement_timeout: 3_000, query_timeout: 3_500 };

const queueOptions = {
  heartbeatSeconds: silenceMaxSeconds,
  // A turn that is lost or given back comes again, however often that happens: what has run too often, the job itself knows.
  retryLimit: 1_000_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 10,
  // Heartbeats alone say whether a turn is lost.
  expireInSeconds: 86_400,
  deleteAfterSeconds: 60,
};

export interface JobQueueOptions extends Pick<DatabaseOptions, 'url'> {
  /** Whether it makes its tables, and changes those of an earlier version; else somebody has done so by `makeQueueTables`. */
  readonly migrates: boolean;
}

/** Makes the tables of the queue, or brings them to what this version needs. Repeating it changes nothing. */
export async function makeQueueTables(url: string): Promise<void> {
  const boss = new PgBoss({ ...connectionOf(url), supervise: false, schedule: false });
  boss.on('error', () => {});
  await boss.start();
  await boss.stop({ graceful: false });
}

/** Each new connection is made by what the URL says then. */
function connectionOf(url: DatabaseOptions['url']) {
  return {
    Client: clientAt(url),
    schema: schemaName,
    createSchema: false,
    max: 2,
    connectionTimeoutMillis: 2_000,
    ...patience,
    application_name: 'proxy-service jobs',
  };
}

/** pg-boss, with two connections of its own. It retries nothing by itself: a turn ends where its job has been ended. */
export function createJobQueue(
  kit: Pick<Kit, 'logger' | 'onClose'>,
  { url, migrates }: JobQueueOptions,
): JobQueue {
  const boss = new PgBoss({
    ...connectionOf(url),
    migrate: migrates,
    schedule: false,
    superviseIntervalSeconds: superviseSeconds,
    monitorIntervalSeconds: superviseSeconds,
    // What is not used here is not looked for.
    flowIntervalSeconds: 86_400,
    registerInstance: false,
    monitorVacuum: false,
  });
  const absence = createAbsenceLog(kit.logger);
  boss.on('error', (error) =>
    absence.away({ err: error, work: 'job queue' }, 'the job queue cannot be reached'),
  );
  boss.on('warning', (warning) => kit.logger.warn({ warning }, 'job queue'));
  kit.onClose('job queue', () => boss.stop({ graceful: false }));
  const webhooks = createWebhookQueue(boss);
  return {
    webhooks,
    async prepare() {
      await boss.start();
      await boss.createQueue(queueName, queueOptions);
      await webhooks.prepare();
    },
    async add(transaction, jobId, priority) {
      await boss.send(queueName, null, { id: toUuid(jobId), priority, db: fromKysely(transaction) });
    },
    async take(turnsMax) {
      const due = await boss.fetch(queueName, { batchSize: turnsMax, includeMetadata: true });
      absence.present({ work: 'job queue' }, 'the job queue can be reached');
      return due.map(({ id, retryCount }) => ({ jobId: toJobId(id), attempt: retryCount }));
    },
    async keep(turns) {
      await boss.touch(queueName, turns.map(toAttempt));
    },
    async finish(turn) {
      await boss.complete(queueName, toAttempt(turn));
    },
    async giveBack(turn) {
      await boss.fail(queueName, toAttempt(turn));
    },
  };
}

const toAttempt = ({ jobId, attempt }: Turn) => ({ id: toUuid(jobId), retryCount: attempt });
