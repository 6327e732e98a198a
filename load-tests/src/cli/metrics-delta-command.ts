import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../places.ts';
import { parseMetrics } from '../record/prometheus-text.ts';
import { toMarkdown } from '../report/document.ts';
import { metricsDelta } from '../report/metrics-delta.ts';
import { UsageError } from './usage.ts';

export async function runMetricsDelta([before, after, ...others]: readonly string[]): Promise<number> {
  if (before === undefined || after === undefined || others.length > 0)
    throw new UsageError('metrics-delta takes two files');
  const read = (file: string) => parseMetrics(readFileSync(path.resolve(root, file), 'utf8'));
  process.stdout.write(toMarkdown([metricsDelta(read(before), read(after))]));
  return 0;
}
