import { type BreakerState, type Circuit, createCircuit } from './circuit.ts';
import { createTargets, type Target } from './targets.ts';

/** A circuit for each target; all calls of a replica share them. */
export interface Circuits {
  get(target: Target): Circuit;
  /** The worst state of the tool's circuits: one open host is enough. */
  worstOf(tool: string): BreakerState;
}

export interface Transition {
  readonly target: Target;
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/** A host that nobody asks for any more is forgotten after this time, in milliseconds: nobody would find out that it is back. */
const idleMs = 60_000;

const byBadness: readonly BreakerState[] = ['closed', 'half_open', 'open'];

export function createCircuits(
  onTransition: (transition: Transition) => void,
  now: () => number = () => performance.now(),
): Circuits {
  const circuits = createTargets((target) =>
    createCircuit({ now, onTransition: (from, to) => onTransition({ target, from, to }) }),
  );
  return {
    get: (target) => circuits.get(target),
    worstOf(tool) {
      circuits.dropHosts(({ askedAt }) => now() - askedAt > idleMs);
      const found = new Set([...circuits.of(tool)].map(({ state }) => state));
      return byBadness.findLast((state) => found.has(state)) ?? 'closed';
    },
  };
}
