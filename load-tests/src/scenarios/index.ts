import { capacity } from './capacity.ts';
import { chaos } from './chaos.ts';
import { primary } from './primary.ts';
import type { Scenario } from './scenario.ts';
import { soak } from './soak.ts';
import { spike } from './spike.ts';

/** Every scenario, by its name. */
export const scenarios: Readonly<Record<string, Scenario>> = Object.fromEntries(
  [primary, chaos, spike, soak, capacity].map((scenario) => [scenario.name, scenario]),
);

export { type Disturbance, type Phase, type Scenario, scaleTime, secondsOf, tasksOf } from './scenario.ts';
