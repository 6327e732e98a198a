import type { PartSample, Sample } from '../record/sample.ts';

/** The first and the last look within a time. */
export function momentsOf(
  samples: readonly Sample[],
  fromMs: number,
  toMs: number,
): { first: Sample | undefined; last: Sample | undefined } {
  const within = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  return { first: within[0], last: within.at(-1) };
}

/** Microseconds of CPU that parts used from the first to the last sample; a part that was restarted began anew. */
export function cpuUsedUs(samples: readonly Sample[], isWanted: (part: string) => boolean): number {
  let used = 0;
  const last = new Map<string, PartSample>();
  for (const { parts } of samples)
    for (const part of parts) {
      if (!isWanted(part.name)) continue;
      used += usedSince(last.get(part.name) ?? part, part);
      last.set(part.name, part);
    }
  return used;
}

/** Microseconds. What fell without a restart is of an early record, in which children that ended took theirs along: nothing is known then. */
function usedSince(before: PartSample, now: PartSample): number {
  if (now.cpuUs >= before.cpuUs) return now.cpuUs - before.cpuUs;
  return now.restarts > before.restarts ? now.cpuUs : 0;
}

/** How one part fared over a run. */
export interface PartUsage {
  readonly name: string;
  /** Cores that it used on average while calls were made, and in the busiest look. */
  readonly meanCores: number;
  readonly peakCores: number;
  /** MiB: before the load, most of it, after it. */
  readonly before: number;
  readonly peak: number;
  readonly after: number;
  readonly restarts: number;
  readonly cpuUs: number;
}

export function usageByPart(samples: readonly Sample[], lastedMs: number): PartUsage[] {
  const names = new Set(samples.flatMap(({ parts }) => parts.map(({ name }) => name)));
  const during = samples.filter(({ atMs }) => atMs >= 0 && atMs <= lastedMs);
  return [...names].map((name) => {
    const of = (sample: Sample) => sample.parts.find((part) => part.name === name);
    const own = samples.flatMap((sample) => of(sample) ?? []);
    const cpuUs = cpuUsedUs(during, (part) => part === name);
    return {
      name,
      cpuUs,
      meanCores: cpuUs / (lastedMs * 1_000),
      peakCores: peakCoresOf(during, of),
      before: own[0]?.residentMiB ?? 0,
      peak: Math.max(...own.map(({ residentMiB }) => residentMiB)),
      after: own.at(-1)?.residentMiB ?? 0,
      restarts: (own.at(-1)?.restarts ?? 0) - (own[0]?.restarts ?? 0),
    };
  });
}

function peakCoresOf(samples: readonly Sample[], of: (sample: Sample) => PartSample | undefined): number {
  return Math.max(0, ...coresOverTime(samples, of).map(({ cores }) => cores));
}

export function coresOverTime(
  samples: readonly Sample[],
  of: (sample: Sample) => PartSample | undefined,
): { atMs: number; cores: number }[] {
  return samples.slice(1).flatMap((sample, index) => {
    const [before, now] = [samples[index], sample];
    const [then, here] = [before && of(before), of(now)];
    if (before === undefined || then === undefined || here === undefined) return [];
    return [{ atMs: now.atMs, cores: usedSince(then, here) / ((now.atMs - before.atMs) * 1_000) }];
  });
}
