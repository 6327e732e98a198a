import type { Fault } from '@4runr/contracts/fault';

/** Part of a run in which the rate goes linearly from one to another, in tasks begun per second. */
export interface Phase {
  readonly name: string;
  readonly seconds: number;
  readonly from: number;
  readonly to: number;
}

/** What is done to the mesh while calls are made. */
export type Disturbance =
  | { readonly kind: 'fault'; readonly atSeconds: number; readonly name: string; readonly fault: Fault }
  | { readonly kind: 'calm'; readonly atSeconds: number }
  | { readonly kind: 'restart'; readonly atSeconds: number; readonly service: string };

export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly phases: readonly Phase[];
  readonly disturbances: readonly Disturbance[];
  /** Which answers a run may have and still be sound. Calls that fail by a code are counted as failed all the same. */
  readonly tolerates: 'no failure' | 'coded failures';
  /** Whether the run ends at the first phase that the mesh does not keep up with. */
  readonly stopsWhenBehind: boolean;
  /** What the services are told beside what `npm start` tells them. */
  readonly environment: Readonly<Record<string, string>>;
  /** k6's users, each of which makes one call at a time: those that are there at the start, and the most. One that has to be made meanwhile comes too late for its task. */
  readonly users: { readonly ready: number; readonly max: number };
}

export const defaults = {
  disturbances: [],
  tolerates: 'no failure',
  stopsWhenBehind: false,
  environment: { OTEL_TRACES_SAMPLER_ARG: '0.1' },
  users: { ready: 100, max: 600 },
} as const satisfies Partial<Scenario>;

/** The same rates in other times. */
export function scaleTime(scenario: Scenario, scale: number): Scenario {
  return {
    ...scenario,
    phases: scenario.phases.map((phase) => ({ ...phase, seconds: phase.seconds * scale })),
    disturbances: scenario.disturbances.map((one) => ({ ...one, atSeconds: one.atSeconds * scale })),
  };
}

export function secondsOf({ phases }: Pick<Scenario, 'phases'>): number {
  return phases.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** Tasks that begin, when the rate is kept. */
export function tasksOf({ phases }: Pick<Scenario, 'phases'>): number {
  return phases.reduce((sum, { seconds, from, to }) => sum + (seconds * (from + to)) / 2, 0);
}
