import type { JobStatus } from '@4runr/contracts/job';

/** A message that a job has ended, which this replica has been given to send; for half a minute. */
export interface WebhookTurn {
  readonly jobId: string;
  /** When the job ended. */
  readonly endedAt: Date;
  /** How often it was tried before. */
  readonly tries: number;
  /** Whether it is not tried again when this time fails. */
  readonly isLast: boolean;
}

/** What is told, and to whom. */
export interface Webhook {
  readonly url: string;
  readonly job: { readonly id: string; readonly status: JobStatus; readonly createdAt: Date };
  /** Of the request that the job was accepted by (W3C Trace Context). */
  readonly traceParent: string | undefined;
}

/** Whose turn it is. Every operation throws ProblemError `service.unavailable` where that cannot be reached. */
export interface WebhookTurns {
  /** Turns that are due, at most so many; of one host no more than a few, at all replicas together. */
  take(turnsMax: number): Promise<readonly WebhookTurn[]>;
  /** `undefined` of a job that is forgotten: then nobody is told of it any more. */
  find(turn: WebhookTurn): Promise<Webhook | undefined>;
  /** There is nothing more to be done. */
  finish(turn: WebhookTurn): Promise<void>;
  /** It comes again later, each time later, unless this was the last one. */
  giveBack(turn: WebhookTurn): Promise<void>;
}

/** How sending a message has ended. */
export type Delivery =
  | { readonly kind: 'delivered'; readonly status: number }
  /** It is worth another try. */
  | { readonly kind: 'failed'; readonly status?: number; readonly error?: unknown }
  /** It is not: the receiver is gone for good, or may not be told any more. */
  | { readonly kind: 'refused'; readonly status?: number; readonly error?: unknown };
