import type { CallDecision } from '@4runr/contracts/audit';

/** Agents of whom it is likely that a quota of their own refuses the next call. */
export interface ExhaustedAgents {
  has(agent: string): boolean;
  /** Learns of a decision. */
  note(decision: CallDecision): void;
}

/** Most agents that are remembered; beyond that all are forgotten. */
const agentsMax = 10_000;

/** @param nowMs milliseconds on any clock */
export function createExhaustedAgents(
  nowMs: () => number = performance.now.bind(performance),
): ExhaustedAgents {
  const untilMs = new Map<string, number>();
  return {
    has(agent) {
      const until = untilMs.get(agent);
      if (until === undefined) return false;
      if (until > nowMs()) return true;
      untilMs.delete(agent);
      return false;
    },
    note({ agent, retryAfterSeconds }) {
      if (retryAfterSeconds === undefined) return;
      if (untilMs.size >= agentsMax) untilMs.clear();
      untilMs.set(agent, nowMs() + retryAfterSeconds * 1_000);
    },
  };
}
