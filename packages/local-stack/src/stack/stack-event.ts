import type { PartEvent } from '../supervisor/supervised-process.ts';

/** What a starting or running stack tells whoever watches it. Times are in milliseconds. */
export type StackEvent =
  /** A piece of work with an end: `done` follows `begun`. */
  | { readonly kind: 'step'; readonly step: string; readonly ms?: number }
  | { readonly kind: 'part'; readonly name: string; readonly log: string; readonly event: PartEvent }
  /** A sentence about something that takes time or is not as good as it could be. */
  | { readonly kind: 'note'; readonly text: string }
  /** The answer of a demonstration call. */
  | {
      readonly kind: 'answer';
      readonly scope: string;
      readonly status: number;
      readonly ms: number;
      readonly text: string;
    };

export type ReportStackEvent = (event: StackEvent) => void;

/** Does the work between the two events of a step. */
export async function asStep<T>(report: ReportStackEvent, step: string, work: () => Promise<T>): Promise<T> {
  const begun = performance.now();
  report({ kind: 'step', step });
  const result = await work();
  report({ kind: 'step', step, ms: performance.now() - begun });
  return result;
}
