import { callsPerTask } from '../mix/traffic-mix.ts';
import { warmUp } from '../scenarios/capacity.ts';
import type { PhaseFigures } from './phase-figures.ts';

/** Of the tasks that a step was to begin, those that must have begun: users of k6 that are all waiting cannot begin any. */
const begunShare = 0.99;
/** Of the calls that a step was to have, those that must have ended in it: calls per task vary by a percent or two. */
const endedShare = 0.95;

/** What a run of `capacity` is held to, in calls a second and milliseconds. */
export const capacityGoals = { sustained: 1_500, rate: 1_000, p99Ms: 25 } as const;

export interface Knee {
  /** The last step that was kept up with, whatever came after the first that was not. */
  readonly knee: PhaseFigures | undefined;
  /** The highest of these with a p99 within {@link capacityGoals}. */
  readonly withinGoal: PhaseFigures | undefined;
  /** The step of the goal's rate, where the run came to it. */
  readonly atGoal: PhaseFigures | undefined;
  readonly isGoalKept: boolean;
}

/** A step is kept up with when its tasks began, its calls ended at their rate and none of them failed. */
export function findKnee(all: readonly PhaseFigures[]): Knee {
  const phases = all.filter(({ name }) => name !== warmUp.name);
  const firstBehind = phases.findIndex((phase) => !isKept(phase));
  const kept = firstBehind === -1 ? phases : phases.slice(0, firstBehind);
  const atGoal = phases.find((phase) => stepRate(phase) === capacityGoals.rate);
  return {
    knee: kept.at(-1),
    withinGoal: kept.findLast(({ allowed }) => allowed.p99 <= capacityGoals.p99Ms),
    atGoal,
    isGoalKept: atGoal !== undefined && kept.includes(atGoal),
  };
}

/** Calls a second that a step is named after: k6 begins whole tasks, which come to one or two calls more or less. */
export function stepRate({ from }: Pick<PhaseFigures, 'from'>): number {
  return Math.round((from * callsPerTask) / stepOf) * stepOf;
}

const stepOf = 10;

function isKept({ tasks, seconds, rate, from, failed }: PhaseFigures): boolean {
  return failed === 0 && tasks >= from * seconds * begunShare && rate >= from * callsPerTask * endedShare;
}
