import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RecordedRun } from '../record/report-folder.ts';
import { type Analysis, analyse } from './analysis.ts';
import { charts } from './charts.ts';
import { type Block, heading, table, toHtml, toMarkdown } from './document.ts';
import { appendices } from './sections/appendices.ts';
import { environment } from './sections/environment.ts';
import { executiveSummary } from './sections/executive-summary.ts';
import { judgements } from './sections/judgements.ts';
import { memoryGrowth } from './sections/memory-growth.ts';
import { methodology } from './sections/methodology.ts';
import { observability } from './sections/observability.ts';
import { performanceResults } from './sections/performance.ts';
import { reliability } from './sections/reliability.ts';
import { security } from './sections/security.ts';

/** Writes `report.md` and `report.html` of a run into its folder. */
export async function writeReport(folder: string, run: RecordedRun): Promise<void> {
  const blocks = composeReport(analyse(run));
  writeFileSync(path.join(folder, 'report.md'), toMarkdown(blocks));
  writeFileSync(path.join(folder, 'report.html'), toHtml(`4RUNR Gateway: ${run.record.scenario}`, blocks));
}

/** The sections of the report of August 2025, in its order. */
export function composeReport(analysis: Analysis): Block[] {
  const [performance, ...others] = [performanceResults(analysis), security(analysis), reliability(analysis)];
  return [
    ...documentControl(analysis),
    ...executiveSummary(analysis),
    ...environment(analysis),
    ...methodology(analysis),
    ...performance,
    ...memoryGrowth(analysis),
    ...charts(analysis),
    ...others.flat(),
    ...observability(analysis),
    ...judgements(analysis),
    ...appendices(analysis),
  ];
}

function documentControl({ run: { record } }: Analysis): Block[] {
  return [
    heading(1, `Load test report: ${record.scenario}`),
    table(
      ['field', 'value'],
      [
        ['Report id', `LTR-4RUNR-GW-${record.begunAt.slice(0, 10)}-${record.scenario}`],
        ['Date', record.begunAt],
        ['Test lead', ''],
        ['System owner', ''],
        ['Test environment', 'one machine, local stack, simulated providers that add no latency'],
        ['Approval status', ''],
      ],
    ),
  ];
}
