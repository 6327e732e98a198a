/** An answer as the cache holds it: what the adapter gave, before anything that a decision obliges to was done to it. */
export interface KeptAnswer {
  readonly unfiltered: unknown;
  /** When it was asked for, in milliseconds since the epoch: its age counts from then. */
  readonly askedAtMs: number;
}

/** Under what an answer is kept. */
export interface AnswerPlace {
  readonly tool: string;
  /** `answerIdentityOf` */
  readonly identity: string;
}

/** What the cache says when it is asked. */
export interface CacheReading {
  /** Of all answers of the tool. An answer that is kept under another one is gone: it was purged. */
  readonly generation: string;
  readonly kept: KeptAnswer | undefined;
}

/** Where answers are kept. It holds nobody up: what it cannot do in time it leaves undone. */
export interface AnswerCache {
  /** `undefined` where it cannot be asked now. Never rejects. */
  read(place: AnswerPlace): Promise<CacheReading | undefined>;
  /**
   * Begins to keep an answer, in place of another.
   *
   * @param generation as it was read before the answer was asked for, so that none survives a purge
   */
  keep(place: AnswerPlace, answer: KeptAnswer, life: { generation: string; seconds: number }): Keeping;
}

/** Whether it will be kept. */
export type Keeping =
  /** `written` resolves when whoever reads finds it, or it could not be written after all. */
  | { readonly kind: 'kept'; readonly written: Promise<unknown> }
  | { readonly kind: 'too_large' }
  /** The cache cannot be reached now. */
  | { readonly kind: 'unavailable' };
