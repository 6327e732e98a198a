import path from 'node:path';
import { root } from '../places.ts';
import { readRun } from '../record/report-folder.ts';
import { compareRuns } from '../report/compare-runs.ts';
import { toMarkdown } from '../report/document.ts';
import { UsageError } from './usage.ts';

export async function runCompare([one, other, ...others]: readonly string[]): Promise<number> {
  if (one === undefined || other === undefined || others.length > 0)
    throw new UsageError('compare takes two folders');
  const read = (folder: string) => readRun(path.resolve(root, folder));
  process.stdout.write(toMarkdown(compareRuns(await read(one), await read(other))));
  return 0;
}
