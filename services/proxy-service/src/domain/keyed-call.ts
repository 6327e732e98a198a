import type { ProblemCode, ProblemExtensions } from '@4runr/contracts/problem';

/** A name for a call, by which it is carried out once, however often it is asked for. */
export interface CallKey {
  /** Who chose the name: names of clients never meet those of jobs. */
  readonly space: 'client' | 'job';
  /** The agent that the key belongs to, and those that act for it: each such chain has keys of its own. */
  readonly holder: readonly [agent: string, ...actors: readonly string[]];
  readonly value: string;
}

/** What came of a call, as it is kept to be answered again. */
export type KeptOutcome =
  | { readonly kind: 'completed'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly problem: KeptProblem }
  /** It was carried out, and its result was too long to be kept. */
  | { readonly kind: 'unkept' };

export interface KeptProblem {
  readonly code: ProblemCode;
  readonly detail?: string | undefined;
  readonly extensions: ProblemExtensions;
}

/** An earlier call with the same key; `unknown` where whoever carried it out stopped in the middle of it. */
export interface EarlierCall {
  readonly callId: string;
  readonly outcome: KeptOutcome | { readonly kind: 'unknown' };
}

/** The right to carry out the call that a key names. Whoever has it may lose it, until the call is being dispatched. */
export interface KeyHold {
  /**
   * Marks the call as being dispatched: from now on nobody else will ever carry it out, and if it does not come to an end its
   * outcome is unknown.
   *
   * @returns `false` when the right has been lost: the call must not be carried out
   * @throws ProblemError `service.unavailable` when that cannot be known: the call must not be carried out
   */
  dispatch(): Promise<boolean>;
  /**
   * Keeps the right while a call is carried out that does no harm twice: nothing is marked, and who dies leaves the key to be taken
   * over. It is told in the background; where that fails for long, another may carry the call out as well.
   */
  renew(): void;
  /** Keeps what came of the call. Never rejects: what fails is tried again for a moment. */
  finish(outcome: KeptOutcome): Promise<void>;
  /** Lets the key serve again: nothing was dispatched. Never rejects; does nothing once the call has been finished. */
  release(): Promise<void>;
}

/** How a call stands to its key: it has the right to be carried out, or is answered by what came of an earlier one. */
export type KeyedCall =
  | { readonly kind: 'held'; readonly hold: KeyHold }
  | { readonly kind: 'replay'; readonly earlier: EarlierCall };

/** What is found under a key when a call asks to be carried out. */
export type Claim =
  | KeyedCall
  /** Another request has it. */
  | { readonly kind: 'conflict' }
  | { readonly kind: 'running' }
  /** The agent has used so many keys that there is no room for another. */
  | { readonly kind: 'full'; readonly retryAfterSeconds: number };

/** Where it is known which keys were used, and what came of their calls; the same for every replica. */
export interface KeyStore {
  /**
   * @param asked.request what the call asks for: a key names one request alone
   * @throws ProblemError `service.unavailable` when it cannot be known: the call must not be carried out
   */
  claim(key: CallKey, asked: { readonly callId: string; readonly request: string }): Promise<Claim>;
}
