import type { Phase, Scenario } from '../scenarios/index.ts';
import type { RampingArrivals } from './k6-plan.ts';

/** Seconds that calls under way are waited for at the end: as long as the mesh may take for one. */
const gracefulStopSeconds = 60;

/** A scenario as k6 runs it. k6 takes whole rates and milliseconds. */
export function planArrivals({ phases, users }: Scenario): RampingArrivals {
  const startRate = phases[0]?.from ?? 0;
  return {
    executor: 'ramping-arrival-rate',
    timeUnit: '1s',
    startRate,
    preAllocatedVUs: users.ready,
    maxVUs: users.max,
    stages: toStages(phases, startRate),
    gracefulStop: `${gracefulStopSeconds}s`,
  };
}

/** A phase that does not begin at the rate the last one ended at begins with a step. */
function toStages(phases: readonly Phase[], startRate: number): RampingArrivals['stages'] {
  let rate = startRate;
  return phases.flatMap(({ seconds, from, to }) => {
    const step = from === rate ? [] : [{ target: from, duration: '0s' }];
    rate = to;
    return [...step, { target: to, duration: `${Math.max(1, Math.round(seconds * 1_000))}ms` }];
  });
}
