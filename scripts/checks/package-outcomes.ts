import { globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Outcome } from './outcome.ts';
import { runCommand } from './run-command.ts';
import { runTurbo, type TaskResult, type TurboOptions } from './turbo-run.ts';

/** Runs the packages' tests and counts them by the `test-results.json` that each leaves. */
export async function testPackages(options: TurboOptions): Promise<Outcome[]> {
  for (const stale of globSync(
    join(options.root, '{packages,services,services/tool-adapters}/*/test-results.json'),
  ))
    rmSync(stale);
  const results = await runTurbo(options);
  return results.map((result) => toTestOutcome(options.root, result));
}

/** Runs one folder's tests without turbo, which has one run at a time: to run them beside a run of the others. */
export async function testFolder(directory: string, { root, signal }: TurboOptions): Promise<Outcome[]> {
  const script = ['run', '--silent', 'test'];
  const ran = await runCommand('pnpm', script, { cwd: join(root, directory), signal });
  return [toTestOutcome(root, { ...ran, name: directory, directory, isCached: false })];
}

function toTestOutcome(root: string, result: TaskResult): Outcome {
  const written = readCounts(join(root, result.directory, 'test-results.json'));
  return { ...result, name: `tests of ${result.name}`, ...countTests(written, result.exitCode) };
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A run that crashed, or failed without a failed test, counts as one failure more than it counted itself. */
export function countTests(written: Counts | undefined, exitCode: number): Counts {
  const counts = written ?? { passed: 0, failed: 0, skipped: 0 };
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

function readCounts(file: string): Counts | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Counts;
  } catch {
    return undefined;
  }
}
