import type { CallResponse, Params } from '@4runr/contracts/call';
import type { JobStatus } from '@4runr/contracts/job';
import type { Effect } from '@4runr/contracts/manifest';
import type { Problem } from '@4runr/contracts/problem';
import type { AccessTokenClaims } from '@4runr/contracts/token';

/** What is kept of a call until its turn comes: all that its steps need of it. */
export interface JobOrder {
  readonly toolName: string;
  readonly actionName: string;
  readonly effect: Effect;
  readonly params: Params;
  readonly requestBytes: number;
  readonly intent: string | undefined;
  readonly cacheControl: string | undefined;
  /** The client's own name of the call. */
  readonly key: JobKey | undefined;
  /** Of the token that it was accepted with. */
  readonly claims: AccessTokenClaims;
  /** Of the request that it was accepted by (W3C Trace Context). */
  readonly traceParent: string | undefined;
  /** URL that is to be told when it has ended. */
  readonly webhook?: string;
}

/** The name of a call, whose it is, and what it asks for: the same ones are the same job. */
export interface JobKey {
  readonly holder: readonly string[];
  readonly value: string;
  readonly request: string;
}

/** What came of a job. */
export type JobAnswer =
  | { readonly kind: 'result'; readonly result: CallResponse }
  | { readonly kind: 'problem'; readonly problem: Problem };

/** How a job ends. */
export type JobEnd =
  | { readonly status: 'succeeded'; readonly answer: Extract<JobAnswer, { kind: 'result' }> }
  | { readonly status: 'failed'; readonly answer: Extract<JobAnswer, { kind: 'problem' }> }
  | { readonly status: 'cancelled' };

/** A job as its agent may see it. */
export interface JobRecord {
  readonly id: string;
  readonly createdAt: Date;
  readonly effect: Effect;
  readonly status: JobStatus;
  /** Every status that it has had, in order: the events that are told of it, numbered from 1. */
  readonly history: readonly JobStatus[];
  readonly answer: JobAnswer | undefined;
}

/** A job whose turn has come. */
export interface BegunJob {
  readonly id: string;
  readonly order: JobOrder;
  readonly createdAt: Date;
  /** Whoever carried it out before was lost midway: what came of that is not known here. */
  readonly wasLost: boolean;
  /** How often that has happened. */
  readonly losses: number;
  readonly isCancelAsked: boolean;
}

/** What asking for a job's end has come to, with the job as it is then. */
export interface Cancellation {
  /** `asked`: it runs, and is about to stop; `kept`: it runs, and cannot be stopped halfway; `ended`: it had ended before. */
  readonly outcome: 'cancelled' | 'asked' | 'kept' | 'ended';
  readonly job: JobRecord;
}

/** A job that a replica has been given to carry out; valid as long as it says that it is still at it. */
export interface Turn {
  readonly jobId: string;
  /** Distinguishes this turn from later ones of the same job. */
  readonly attempt: number;
}

/** Where jobs are kept. Every operation throws ProblemError `service.unavailable` where that cannot be reached. */
export interface JobStore {
  /**
   * @returns the new job, or the one that has the same key already
   * @throws ProblemError `jobs.limited`; `idempotency.conflict` where that one asks for something else
   */
  add(order: JobOrder): Promise<Pick<JobRecord, 'id' | 'status'>>;
  /** `undefined` of a job that there is not, or that is another agent's. */
  find(id: string, agent: string): Promise<JobRecord | undefined>;
  /** `undefined` as above. */
  cancel(id: string, agent: string): Promise<Cancellation | undefined>;
  /** How many events there are of each of these jobs; one that is forgotten is missing. */
  countEvents(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Whose turn it is. What cannot be reached throws as above. */
export interface JobTurns {
  /** Turns that are due, at most so many. Each is this caller's alone, for as long as it says so by `keep`. */
  take(turnsMax: number): Promise<readonly Turn[]>;
  keep(turns: readonly Turn[]): Promise<void>;
  /** `undefined` of a job that has ended meanwhile. */
  begin(turn: Turn): Promise<BegunJob | undefined>;
  /** Of a job that has ended before, nothing changes. */
  end(turn: Turn, end: JobEnd): Promise<void>;
  /** Its turn comes again later. */
  giveBack(turn: Turn): Promise<void>;
  /** Which of these jobs are to be stopped. */
  cancelsAsked(ids: readonly string[]): Promise<readonly string[]>;
}

/** What is done with jobs whoever they belong to. What cannot be reached throws as above. */
export interface JobKeeping {
  /** Forgets those whose time is over. */
  forgetExpired(): Promise<void>;
  /** Fails those that have waited too long. @returns how many */
  failOverdue(): Promise<number>;
  countByStatus(): Promise<Readonly<Record<'queued' | 'running', number>>>;
}
