import type { Fault } from '@4runr/contracts/fault';

/** A fault that hits every call of a tool, and what is to be seen of it. */
export interface TotalFault {
  readonly fault: Fault;
  /** How long its calls wait, in seconds: less than the action's time, and enough of it to count. */
  readonly waitSeconds: number;
  /** How the tenth failure in a row is told: by the tenth hit, or by the tenth answer about it. */
  readonly thresholdBy: 'hit' | 'answer';
  readonly recoversWithinMs: number;
}

export const totalFaults: readonly TotalFault[] = [
  {
    fault: { mode: 'error', rate: 1 },
    waitSeconds: 11,
    thresholdBy: 'hit',
    recoversWithinMs: 5_000,
  },
  {
    fault: { mode: 'latency', rate: 1, latencyMs: 15_000 },
    waitSeconds: 11,
    thresholdBy: 'answer',
    recoversWithinMs: 10_000,
  },
  {
    fault: { mode: 'timeout', rate: 1 },
    waitSeconds: 11,
    thresholdBy: 'answer',
    recoversWithinMs: 15_000,
  },
];

/** Faults that hit some calls, by turns. */
export const partialFaults: readonly Fault[] = [
  { mode: 'timeout', rate: 0.3 },
  { mode: 'error', rate: 0.25 },
  { mode: 'latency', rate: 0.2, latencyMs: 1_000 },
];
