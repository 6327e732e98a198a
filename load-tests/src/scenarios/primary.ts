import { defaults, type Scenario } from './scenario.ts';

/** The six phases of the report of August 2025. The cache is on, as it was there: duplicates must meet it. */
export const primary: Scenario = {
  ...defaults,
  name: 'primary',
  about:
    'The load of a day in 40 minutes: 0 to 60 tasks a second, a spike to 120, a wave to 80, and down again.',
  phases: [
    { name: 'ramp-up', seconds: 600, from: 0, to: 60 },
    { name: 'sustain', seconds: 600, from: 60, to: 60 },
    { name: 'spike', seconds: 120, from: 60, to: 120 },
    { name: 'recovery', seconds: 180, from: 120, to: 60 },
    { name: 'wave', seconds: 600, from: 60, to: 80 },
    { name: 'ramp-down', seconds: 300, from: 80, to: 0 },
  ],
};
