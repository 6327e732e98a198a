import { defaults, type Scenario } from './scenario.ts';

/** A hundred times the traffic within five seconds. Calls that are turned away by a code are what shedding is for. */
export const spike: Scenario = {
  ...defaults,
  name: 'spike',
  about: 'From 10 to 1,000 tasks a second within five seconds, for half a minute, and back.',
  phases: [
    { name: 'calm', seconds: 60, from: 10, to: 10 },
    { name: 'rise', seconds: 5, from: 10, to: 1_000 },
    { name: 'spike', seconds: 30, from: 1_000, to: 1_000 },
    { name: 'fall', seconds: 5, from: 1_000, to: 10 },
    { name: 'aftermath', seconds: 120, from: 10, to: 10 },
  ],
  tolerates: 'coded failures',
  users: { ready: 500, max: 2_000 },
};
