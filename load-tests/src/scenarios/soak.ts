import { defaults, type Scenario } from './scenario.ts';

/** A million calls at a steady rate: what grows is seen. */
export const soak: Scenario = {
  ...defaults,
  name: 'soak',
  about: 'A million calls at 150 tasks a second, for 75 minutes: what grows is seen.',
  phases: [
    { name: 'warm-up', seconds: 60, from: 10, to: 150 },
    { name: 'first quarter', seconds: 1_125, from: 150, to: 150 },
    { name: 'second quarter', seconds: 1_125, from: 150, to: 150 },
    { name: 'third quarter', seconds: 1_125, from: 150, to: 150 },
    { name: 'last quarter', seconds: 1_125, from: 150, to: 150 },
  ],
};
