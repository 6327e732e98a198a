import type { ProcessSpec } from '../process/index.ts';
import { type PartEvent, type PartStatus, SupervisedProcess } from './supervised-process.ts';

/** Parts of a higher tier use those of lower ones: they are stopped before them. */
export type Tier = 0 | 1 | 2 | 3 | 4;

const tiersFromTop: readonly Tier[] = [4, 3, 2, 1, 0];

/** Longest wait for a part to drain, in milliseconds; services give themselves ten seconds. */
const graceMs = 12_000;

export interface Supervisor {
  /** Starts a part and keeps it running. @throws Error when it does not become ready, or after {@link stop} */
  start(spec: ProcessSpec, tier: Tier): Promise<void>;
  statuses(): PartStatus[];
  /** Stops everything, tier by tier from the top. Idempotent. */
  stop(): Promise<void>;
}

/** All processes of one stack. `report` is told after every change of a part's status. */
export function createSupervisor(report: (part: PartStatus, event: PartEvent) => void): Supervisor {
  const parts: { process: SupervisedProcess; tier: Tier }[] = [];
  let stopping: Promise<void> | undefined;

  async function stopTiers(): Promise<void> {
    for (const tier of tiersFromTop) {
      const ofTier = parts.filter((part) => part.tier === tier);
      await Promise.all(ofTier.map(({ process }) => process.stop(graceMs)));
    }
  }

  return {
    async start(spec, tier) {
      if (stopping !== undefined) throw new Error(`${spec.name} is not started: the stack is stopping`);
      const process: SupervisedProcess = new SupervisedProcess(spec, (event) =>
        report(process.status, event),
      );
      parts.push({ process, tier });
      await process.start();
    },
    statuses: () => parts.map(({ process }) => process.status),
    stop: () => (stopping ??= stopTiers()),
  };
}
