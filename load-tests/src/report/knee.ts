import { callsPerTask } from '../mix/traffic-mix.ts';
import { warmUp } from '../scenarios/capacity.ts';
import type { PhaseFigures } from './phase-figures.ts';

/** Of the rate that a step was to have, what it must have had to be kept up with: calls per task vary by a percent or so. */
const keptShare = 0.95;

/**
 * The highest step without a failure whose rate was kept, and the highest of these with a p99 of at most 25 ms. A step after one
 * that was not kept up with does not count.
 */
export function findKnee(all: readonly PhaseFigures[]): {
  knee: PhaseFigures | undefined;
  within25Ms: PhaseFigures | undefined;
} {
  const phases = all.filter(({ name }) => name !== warmUp.name);
  const firstBehind = phases.findIndex((phase) => !isKept(phase));
  const kept = firstBehind === -1 ? phases : phases.slice(0, firstBehind);
  return { knee: kept.at(-1), within25Ms: kept.findLast(({ allowed }) => allowed.p99 <= 25) };
}

function isKept({ rate, from, failed }: PhaseFigures): boolean {
  return failed === 0 && rate >= from * callsPerTask * keptShare;
}
