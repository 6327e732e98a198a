import { createHash, randomUUID } from 'node:crypto';
import type { JobStatus } from '@4runr/contracts/job';
import { hasEnded } from '@4runr/contracts/job';
import { ProblemError } from '@4runr/service-kit/errors';
import { type Selectable, sql } from 'kysely';
import type { Cancellation, JobKey, JobRecord, JobStore } from '../../domain/job.ts';
import type { ProxyDatabase, ProxySchema } from './database-schema.ts';
import { endJob } from './end-job.ts';
import type { JobStorage } from './job-storage.ts';
import { oneByOne } from './one-by-one.ts';

type Row = Pick<
  Selectable<ProxySchema['jobs']>,
  'id' | 'effect' | 'status' | 'events' | 'answer' | 'created_at'
>;

const columns = ['id', 'effect', 'status', 'events', 'answer', 'created_at'] as const;

/** @param queuedMax jobs of one agent that may be queued */
export function createJobStore(storage: JobStorage, { queuedMax }: { readonly queuedMax: number }): JobStore {
  const { sealer, queue, whenPrepared } = storage;
  // Those of one agent wait for one another here, with one connection, so that they leave the others to other agents.
  const inTurn = oneByOne();

  const toRecord = ({ id, effect, status, events, answer, created_at: createdAt }: Row): JobRecord => ({
    ...{ id, effect, status, createdAt },
    history: events.map((event) => event.status),
    answer: answer === null ? undefined : sealer.openAnswer(answer, id),
  });

  return {
    add(order) {
      const id = `job_${randomUUID()}`;
      const agent = order.claims.sub;
      const request = sealer.sealOrder(order, id);
      const insert = () =>
        whenPrepared((database) =>
          database.transaction().execute(async (transaction) => {
            // Whoever adds a job of the same agent waits, so that no two take the last place.
            await sql`select pg_advisory_xact_lock(hashtextextended(${agent}, 0))`.execute(transaction);
            const known = order.key && (await findByKey(transaction, order.key));
            if (known !== undefined) return known;
            const { queued } = await transaction
              .selectFrom('jobs')
              .select(sql<number>`count(*)::int`.as('queued'))
              .where('agent', '=', agent)
              .where('status', '=', 'queued')
              .executeTakeFirstOrThrow();
            if (queued >= queuedMax) throw limited(queuedMax);
            await transaction
              .insertInto('jobs')
              .values({
                ...{ id, agent, request, effect: order.effect, status: 'queued' as const },
                ...{
                  tool: order.toolName,
                  action: order.actionName,
                  trace_parent: order.traceParent ?? null,
                },
                ...digestsOf(order.key),
                webhook: order.webhook === undefined ? null : sealer.sealWebhook(order.webhook, id),
                events: JSON.stringify([{ status: 'queued' }]),
              })
              .execute();
            // Those of agents that have fewer go first.
            await queue.add(transaction, id, -queued);
            return { id, status: 'queued' as const };
          }),
        );
      return inTurn(agent, insert);
    },

    find: (id, agent) =>
      whenPrepared(async (database) => {
        const row = await database
          .selectFrom('jobs')
          .select(columns)
          .where('id', '=', id)
          .where('agent', '=', agent)
          .executeTakeFirst();
        return row && toRecord(row);
      }),

    cancel: (id, agent) =>
      whenPrepared((database) =>
        database.transaction().execute(async (transaction): Promise<Cancellation | undefined> => {
          const row = await transaction
            .selectFrom('jobs')
            .select(columns)
            .where('id', '=', id)
            .where('agent', '=', agent)
            .forUpdate()
            .executeTakeFirst();
          if (row === undefined) return undefined;
          const outcome = outcomeOf(row);
          if (outcome === 'kept' || outcome === 'ended') return { outcome, job: toRecord(row) };
          if (outcome === 'asked') {
            await transaction
              .updateTable('jobs')
              .set({ is_cancel_asked: true })
              .where('id', '=', id)
              .execute();
            return { outcome, job: toRecord(row) };
          }
          await endJob(transaction, storage, { id, of: ['queued'], end: { status: 'cancelled' } });
          const ended = transaction.selectFrom('jobs').select(columns).where('id', '=', id);
          return { outcome, job: toRecord(await ended.executeTakeFirstOrThrow()) };
        }),
      ),

    countEvents: (ids) =>
      whenPrepared(async (database) => {
        const rows = await database
          .selectFrom('jobs')
          .select(['id', sql<number>`jsonb_array_length(events)`.as('count')])
          .where('id', 'in', ids)
          .execute();
        return new Map(rows.map(({ id, count }) => [id, count]));
      }),
  };
}

/** @throws ProblemError `idempotency.conflict` where what it asks for is something else */
async function findByKey(
  database: ProxyDatabase,
  key: JobKey,
): Promise<Pick<JobRecord, 'id' | 'status'> | undefined> {
  const { key_digest, request_digest } = digestsOf(key);
  const row = await database
    .selectFrom('jobs')
    .select(['id', 'status', 'request_digest'])
    .where('key_digest', '=', key_digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.request_digest !== request_digest) throw new ProblemError('idempotency.conflict');
  return { id: row.id, status: row.status };
}

/** Names that clients choose may say something, as parameters do: they are not stored as they are. */
function digestsOf(
  key: JobKey | undefined,
): Pick<Selectable<ProxySchema['jobs']>, 'key_digest' | 'request_digest'> {
  if (key === undefined) return { key_digest: null, request_digest: null };
  const digest = (text: string) => createHash('sha256').update(text).digest('base64url');
  return { key_digest: digest(JSON.stringify([key.holder, key.value])), request_digest: digest(key.request) };
}

/** What asking for the end of a job comes to. */
function outcomeOf({
  status,
  effect,
}: {
  status: JobStatus;
  effect: Row['effect'];
}): Cancellation['outcome'] {
  if (hasEnded(status)) return 'ended';
  if (status === 'queued') return 'cancelled';
  return effect === 'read' ? 'asked' : 'kept';
}

function limited(queuedMax: number): ProblemError {
  return new ProblemError('jobs.limited', {
    detail: `This agent has ${queuedMax} jobs queued.`,
    headers: { 'Retry-After': '5' },
  });
}
