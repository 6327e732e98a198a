import type { Part } from '../run/process-usage.ts';

/** Something whose calls are measured beside others'. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly path: string;
  headers(): Record<string, string>;
  readonly body: string;
  /** What a right answer holds. */
  readonly answersWith: string;
  /** The processes that carry its calls out, but for the provider. */
  readonly parts: () => readonly Part[];
}
