import { isService } from '../record/part-names.ts';
import type { ReplicasRun } from './measure-replicas.ts';
import type { KeptKind } from './read-stores.ts';

/** How busy a core may be: above it queues grow faster than calls do. */
export const utilisation = 0.7;

/** Calls a second that the model is asked about. */
export const rates = [100, 1_000, 10_000, 100_000] as const;

/** What one part costs, over all measured meshes of a kind. */
export interface PartModel {
  readonly name: string;
  /** Microseconds of CPU for each call of the mix. */
  readonly cpuUsPerCall: number;
  /** Cores of one replica that has nothing to do. */
  readonly idleCoresPerReplica: number;
}

/** Averages of the given runs. */
export function modelParts(runs: readonly ReplicasRun[]): PartModel[] {
  const names = new Set(runs.flatMap(({ parts }) => parts.map(({ name }) => name)));
  return [...names].map((name) => {
    const found = runs.flatMap((run) =>
      run.parts.filter((part) => part.name === name).map((part) => ({ ...part, calls: run.calls })),
    );
    return {
      name,
      cpuUsPerCall: mean(found.map(({ cpuUs, calls }) => cpuUs / calls)),
      idleCoresPerReplica: mean(found.map(({ idleCores, shares }) => idleCores / shares.length)),
    };
  });
}

/** Calls of the mix a second that one core carries at {@link utilisation}, beside what its process takes while idle. */
export function callsPerCore({ cpuUsPerCall, idleCoresPerReplica }: PartModel): number {
  return ((utilisation - idleCoresPerReplica) * 1_000_000) / cpuUsPerCall;
}

/** Replicas of a single-threaded service at a rate. */
export function replicasAt(part: PartModel, rate: number): number {
  return Math.max(1, Math.ceil(rate / callsPerCore(part)));
}

/** Cores that all replicas of a part use at a rate, on average. */
export function coresAt(part: PartModel, rate: number): number {
  const replicas = isService(part.name) ? replicasAt(part, rate) : 1;
  return (rate * part.cpuUsPerCall) / 1_000_000 + replicas * part.idleCoresPerReplica;
}

/** Kinds of key that grow with calls, and not with agents or time. */
export function growingKinds({ kept, callsSinceStart }: ReplicasRun): KeptKind[] {
  return kept.filter(({ keys, ttlSeconds }) => keys >= callsSinceStart * growingShare && ttlSeconds > 0);
}

/** Keys for each call, from which on they are taken to grow with calls. */
const growingShare = 0.01;

/** Bytes that keys of a kind hold in the long run, for each call of the mix a second: those of as many seconds as one is kept for. */
export function keptBytesPerRate({ keys, bytesEach, ttlSeconds }: KeptKind, callsSinceStart: number): number {
  return (keys / callsSinceStart) * bytesEach * ttlSeconds;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
