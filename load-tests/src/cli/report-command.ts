import path from 'node:path';
import { root } from '../places.ts';
import { readRun } from '../record/report-folder.ts';
import { writeReport } from '../report/write-report.ts';
import { UsageError } from './usage.ts';

export async function runReport([folder, ...others]: readonly string[]): Promise<number> {
  if (folder === undefined || others.length > 0) throw new UsageError('report takes one folder');
  const full = path.resolve(root, folder);
  await writeReport(full, await readRun(full));
  process.stdout.write(`${path.relative(root, full)}/report.md and report.html\n`);
  return 0;
}
