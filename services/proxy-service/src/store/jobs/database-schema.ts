import type { JobStatus } from '@4runr/contracts/job';
import type { Effect } from '@4runr/contracts/manifest';
import type { ColumnType, Generated, JSONColumnType, Kysely } from 'kysely';

/** The tables of the schema `proxy` that are not the queue's own. */
export interface ProxySchema {
  jobs: {
    id: string;
    /** Id of the agent that the job belongs to. */
    agent: string;
    tool: string;
    action: string;
    effect: Effect;
    status: JobStatus;
    /** Set while it runs: whoever carries it out is to stop. */
    is_cancel_asked: Generated<boolean>;
    /** How often whoever carried it out was lost. */
    losses: Generated<number>;
    /** Of the request that it was accepted by. */
    trace_parent: string | null;
    /** SHA-256 of the `Idempotency-Key` and whose it is, and of what was asked by it; null without one. */
    key_digest: string | null;
    request_digest: string | null;
    /** What is to be carried out, encrypted; null once it has ended. */
    request: string | null;
    /** What came of it, encrypted; null until then, and of a cancelled one. */
    answer: string | null;
    /** URL that is told when it has ended, encrypted; null where nobody is. */
    webhook: string | null;
    /** Every status that it has had, the first one first. */
    events: JSONColumnType<JobEventRow[], string, string>;
    created_at: ColumnType<Date, never, never>;
    /** When it is forgotten; null until it has ended. */
    expires_at: Date | null;
  };
}

export interface JobEventRow {
  readonly status: JobStatus;
}

export type ProxyDatabase = Kysely<ProxySchema>;

/** Name of the schema that the service owns. */
export const schemaName = 'proxy';
