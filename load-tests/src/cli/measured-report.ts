import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../places.ts';
import { type Block, toMarkdown } from '../report/document.ts';
import { describeCommit, describeMachine } from '../run/describe-machine.ts';

/** What was measured, when, by which command and on what machine: the first lines of a report. The load is this program itself. */
export function aboutMeasurement(command: string, at: Date): string[] {
  const machine = describeMachine('this program, one process');
  return [
    `revision \`${describeCommit()}\`, ${at.toISOString()}; \`npm run load -- ${command}\``,
    ...Object.entries(machine).map(([name, value]) => `${name}: ${value}`),
  ];
}

/** Shows the report and keeps it in the folder, beside the files given by their names. */
export function saveReport(
  folder: string,
  blocks: readonly Block[],
  files: Readonly<Record<string, string>> = {},
): void {
  const report = toMarkdown(blocks);
  process.stdout.write(report);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries({ 'report.md': report, ...files }))
    writeFileSync(path.join(folder, name), content);
  process.stderr.write(`${path.relative(root, folder)}/report.md\n`);
}
