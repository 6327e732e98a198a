import type { Fault } from '@4runr/contracts/fault';
import { type Disturbance, defaults, type Phase, type Scenario } from './scenario.ts';

const timeouts = (rate: number): Fault => ({ mode: 'timeout', rate });
const errors = (rate: number): Fault => ({ mode: 'error', rate, status: 500 });
/** Partial spikes are survived; total ones outlast the time that searches and fetches are given. */
const spikes = (rate: number, latencyMs: number): Fault => ({ mode: 'latency', rate, latencyMs });

/** A stretch of the run, and what begins with it. */
interface Stretch {
  readonly name: string;
  readonly seconds: number;
  readonly fault?: Fault;
  /** Services by the seconds into the stretch. */
  readonly restarts?: readonly (readonly [seconds: number, service: string])[];
}

/** After each fault calls are watched for longer than its recovery may take. */
const stretches: readonly Stretch[] = [
  { name: 'calm', seconds: 20 },
  { name: '30 % timeouts', seconds: 25, fault: timeouts(0.3) },
  { name: 'after 30 % timeouts', seconds: 10 },
  { name: '25 % HTTP 500', seconds: 25, fault: errors(0.25) },
  { name: 'after 25 % HTTP 500', seconds: 15 },
  { name: '20 % latency spikes', seconds: 25, fault: spikes(0.2, 1_000) },
  { name: 'after 20 % latency spikes', seconds: 20 },
  {
    name: 'restarts',
    seconds: 75,
    restarts: [
      [0, 'adapter-serpapi'],
      [25, 'policy-service'],
      [50, 'proxy-service'],
    ],
  },
  { name: '100 % timeouts', seconds: 40, fault: timeouts(1) },
  { name: 'after 100 % timeouts', seconds: 20 },
  { name: '100 % HTTP 500', seconds: 20, fault: errors(1) },
  { name: 'after 100 % HTTP 500', seconds: 15 },
  { name: '100 % latency spikes', seconds: 30, fault: spikes(1, 15_000) },
  { name: 'after 100 % latency spikes', seconds: 20 },
];

/** Faults of every provider by turns, then in full, and three services stopped and started again midway. */
export const chaos: Scenario = {
  ...defaults,
  name: 'chaos',
  about:
    'Six minutes at 20 tasks a second while providers fail, in part and wholly, and services are restarted.',
  phases: stretches.map(({ name, seconds }): Phase => ({ name, seconds, from: 20, to: 20 })),
  disturbances: stretches.flatMap(toDisturbances),
  tolerates: 'coded failures',
  environment: { ...defaults.environment, FF_CHAOS: 'on' },
  users: { ready: 800, max: 2_500 },
};

function toDisturbances({ name, fault, restarts = [] }: Stretch, index: number): readonly Disturbance[] {
  const atSeconds = stretches.slice(0, index).reduce((sum, { seconds }) => sum + seconds, 0);
  const isAfterFault = stretches[index - 1]?.fault !== undefined;
  return [
    ...(fault === undefined ? [] : [{ kind: 'fault' as const, atSeconds, name, fault }]),
    ...(fault === undefined && isAfterFault ? [{ kind: 'calm' as const, atSeconds }] : []),
    ...restarts.map(
      ([after, service]): Disturbance => ({ kind: 'restart', atSeconds: atSeconds + after, service }),
    ),
  ];
}
