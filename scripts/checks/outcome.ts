/** What came of one check or of one package's tests. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly durationMs: number;
  /** From turbo's cache: nothing of what it depends on has changed since it passed. */
  readonly isCached?: boolean;
  /** Shown when something failed. */
  readonly output: string;
}

/** One line for the person who waits, and the output of what failed. */
export function printOutcome({ name, passed, failed, skipped, durationMs, isCached, output }: Outcome): void {
  const isPackage = passed + failed + skipped !== 1;
  const counts = isPackage ? `  ${describeCounts(passed, failed, skipped)}` : '';
  const took = isCached === true ? 'cached' : `${(durationMs / 1000).toFixed(1)} s`;
  process.stdout.write(`${failed === 0 ? '✓' : '✗'} ${name}${counts}  ${took}\n`);
  if (failed > 0) process.stdout.write(`${output.trimEnd().replace(/^/gm, '  | ')}\n`);
}

/** The last line of `npm test`: `N passed, N failed`, and `, N skipped` where some were. */
export function describeTotal(outcomes: readonly Outcome[]): string {
  const sum = (count: 'passed' | 'failed' | 'skipped') =>
    outcomes.reduce((total, outcome) => total + outcome[count], 0);
  return describeCounts(sum('passed'), sum('failed'), sum('skipped'));
}

function describeCounts(passed: number, failed: number, skipped: number): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
