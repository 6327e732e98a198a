import type { RecordedRun } from '../record/report-folder.ts';

export interface RunJudgement {
  /** Whether every answer was what it had to be, as far as the scenario asks for that. */
  readonly isSound: boolean;
  readonly sentences: readonly string[];
}

/** Holds a run to what its scenario tolerates; to no time, no rate and no memory. */
export function judgeRun({ record, rows }: RecordedRun): RunJudgement {
  const count = (verdict: string) => rows.filter((row) => row.verdict === verdict).length;
  const [broken, failed] = [count('broken'), count('failed')];
  const isFailureTolerated = record.tolerates === 'coded failures';
  const hasRun = rows.length > 0 && (record.generator.exitCode === 0 || record.stoppedAt !== null);
  return {
    isSound: hasRun && broken === 0 && (failed === 0 || isFailureTolerated),
    sentences: [
      `${count('allowed')} calls allowed, ${count('denied')} denied, ${failed} failed by a code, ${broken} answered otherwise.`,
      ...(hasRun ? [] : [`k6 ended with ${record.generator.exitCode}: see k6.log.`]),
      ...(broken === 0 ? [] : [`Answers that must not be: ${mostFrequent(rows)}.`]),
      ...(failed === 0 || isFailureTolerated ? [] : ['This scenario tolerates no failure.']),
    ],
  };
}

function mostFrequent(rows: RecordedRun['rows']): string {
  const broken = rows.filter(({ verdict }) => verdict === 'broken');
  return [...Map.groupBy(broken, ({ call, outcome }) => `${call}: ${outcome}`)]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, 5)
    .map(([what, { length }]) => `${length} × ${what}`)
    .join('; ');
}
