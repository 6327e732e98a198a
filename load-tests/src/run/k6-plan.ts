import type { ProblemStatuses } from '../mix/judge-answer.ts';
import type { Role } from '../mix/planned-call.ts';

/** What the script in `k6/` is told. */
export interface K6Plan {
  readonly seed: number;
  readonly edgeUrl: string;
  readonly dispenserUrl: string;
  readonly problemStatuses: ProblemStatuses;
  /** Longest wait for an answer, in milliseconds. */
  readonly timeoutMs: number;
  readonly executor: RampingArrivals;
}

/** An open model: tasks begin at the rate, however slow the answers are (k6's `ramping-arrival-rate`). */
export interface RampingArrivals {
  readonly executor: 'ramping-arrival-rate';
  readonly timeUnit: '1s';
  readonly startRate: number;
  readonly preAllocatedVUs: number;
  readonly maxVUs: number;
  /** `target` is reached linearly. */
  readonly stages: readonly { readonly target: number; readonly duration: string }[];
  readonly gracefulStop: string;
}

/** `GET /tokens` of the dispenser. */
export interface DispensedTokens {
  readonly tokens: Readonly<Record<Role, readonly string[]>>;
  /** Milliseconds for which none of them has to be asked for anew. */
  readonly freshForMs: number;
}
