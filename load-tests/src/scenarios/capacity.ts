import { callsPerTask } from '../mix/traffic-mix.ts';
import { defaults, type Phase, type Scenario } from './scenario.ts';

/** Calls a second of each step. */
const steps = [
  50, 100, 150, 200, 300, 400, 500, 600, 700, 800, 1_000, 1_200, 1_500, 1_800, 2_100, 2_500, 3_000,
];

/** Until everything is compiled that calls go through. It is no step. */
export const warmUp: Phase = { name: 'warm-up', seconds: 30, from: 20, to: 20 };

/** Steps up until the mesh no longer keeps up. Nothing is answered from the cache: what is measured is calls carried out. */
export const capacity: Scenario = {
  ...defaults,
  name: 'capacity',
  about:
    'Steps of 30 seconds up to 3,000 calls a second, until the mesh does not keep up: where its knee is.',
  phases: [warmUp, ...steps.map(toPhase)],
  tolerates: 'coded failures',
  stopsWhenBehind: true,
  environment: { ...defaults.environment, FF_CACHE: 'off' },
  users: { ready: 300, max: 3_000 },
};

function toPhase(callsPerSecond: number): Phase {
  const tasks = Math.round(callsPerSecond / callsPerTask);
  return { name: `${callsPerSecond}/s`, seconds: 30, from: tasks, to: tasks };
}
