import { type MetricSample, parseMetrics } from '../record/prometheus-text.ts';
import type { RecordedRun } from '../record/report-folder.ts';
import { computeFigures, type Figures } from './figures.ts';
import { computePhases, generators, type PhaseFigures } from './phase-figures.ts';
import { type PartUsage, usageByPart } from './usage.ts';

/** A run with everything that sections draw from it. */
export interface Analysis {
  readonly run: RecordedRun;
  readonly figures: Figures;
  readonly phases: readonly PhaseFigures[];
  /** Of the mesh; empty where its processes could not be seen. */
  readonly parts: readonly PartUsage[];
  readonly generators: readonly PartUsage[];
  readonly before: readonly MetricSample[];
  readonly after: readonly MetricSample[];
}

export function analyse(run: RecordedRun): Analysis {
  const usage = usageByPart(run.samples, run.record.lastedMs);
  return {
    run,
    figures: computeFigures(run),
    phases: computePhases(run),
    parts: usage.filter(({ name }) => !generators.includes(name)),
    generators: usage.filter(({ name }) => generators.includes(name)),
    before: parseMetrics(run.before),
    after: parseMetrics(run.after),
  };
}

/** Processes of the mesh that are ours, and not what it stands on. */
export function isService({ name }: Pick<PartUsage, 'name'>): boolean {
  return /-service(-\d+)?$|^adapter-/.test(name);
}
