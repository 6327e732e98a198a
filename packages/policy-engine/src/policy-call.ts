import type { Facts } from '@4runr/contracts/decision';

/** Whom a decision is about. */
export interface PolicySubject {
  readonly id: string;
  readonly role: string;
}

/** What the engine looks at of a call. */
export interface PolicyCall {
  readonly subject: PolicySubject;
  /** Agents that act for the subject: each needs permission of its own. */
  readonly actors?: readonly PolicySubject[] | undefined;
  /** `tool:action`. */
  readonly scope: string;
  /** `Agent-Intent`, as the agent sent it. */
  readonly intent?: string | undefined;
  /** The parameters, as JSON has them. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Length of the call's body as it arrived, in bytes. */
  readonly requestBytes: number;
  /** Whether the answer is to be streamed. */
  readonly streamed?: boolean | undefined;
  /** Every value of each kind in the parameters. A kind without values leaves its guards with nothing to object to. */
  readonly facts: Facts;
}
