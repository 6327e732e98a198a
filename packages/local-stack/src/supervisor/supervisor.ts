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
  /** Takes in a part that runs only once {@link startPart} is told to. */
  reserve(spec: ProcessSpec, tier: Tier): void;
  /** Starts a part that was reserved or stopped. @throws as {@link start}, and when there is no such part */
  startPart(name: string): Promise<void>;
  /** Lets a part drain and leave; it stays away until {@link startPart}. @throws Error when there is no such part */
  stopPart(name: string): Promise<void>;
  statuses(): PartStatus[];
  /** Stops everything, tier by tier from the top. Idempotent. */
  stop(): Promise<void>;
}

interface SupervisedPart {
  readonly spec: ProcessSpec;
  readonly tier: Tier;
  /** Of its latest start: one that was told to stop does not start again. */
  process: SupervisedProcess;
}

/** All processes of one stack. `report` is told after every change of a part's status. */
export function createSupervisor(report: (part: PartStatus, event: PartEvent) => void): Supervisor {
  const parts: SupervisedPart[] = [];
  let stopping: Promise<void> | undefined;

  async function stopTiers(): Promise<void> {
    for (const tier of tiersFromTop) {
      const ofTier = parts.filter((part) => part.tier === tier);
      await Promise.all(ofTier.map(({ process }) => process.stop(graceMs)));
    }
  }

  const take = (spec: ProcessSpec, tier: Tier): SupervisedPart => {
    const part = { spec, tier, process: supervise(spec, report) };
    parts.push(part);
    return part;
  };
  const launch = async ({ spec, process }: SupervisedPart) => {
    if (stopping !== undefined) throw new Error(`${spec.name} is not started: the stack is stopping`);
    await process.start();
  };
  const partOf = (name: string) => {
    const part = parts.find(({ spec }) => spec.name === name);
    if (part === undefined) throw new Error(`there is no part ${name}`);
    return part;
  };

  return {
    start: (spec, tier) => launch(take(spec, tier)),
    reserve: (spec, tier) => void take(spec, tier),
    async startPart(name) {
      const part = partOf(name);
      if (part.process.status.state !== 'stopped') return;
      part.process = supervise(part.spec, report);
      await launch(part);
    },
    stopPart: (name) => partOf(name).process.stop(graceMs),
    statuses: () => parts.map(({ process }) => process.status),
    stop: () => (stopping ??= stopTiers()),
  };
}

function supervise(spec: ProcessSpec, report: Parameters<typeof createSupervisor>[0]): SupervisedProcess {
  const process: SupervisedProcess = new SupervisedProcess(spec, (event) => report(process.status, event));
  return process;
}
