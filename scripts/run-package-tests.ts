/**
 * Runs the tests of the package it is started in (`src/**` and `test/**`, each file a process of its own) and leaves
 * their counts in `test-results.json`, which the root's `npm test` adds up.
 */
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const files = globSync(['src/**/*.test.ts', 'test/**/*.test.ts']).sort();
rmSync('test-results.json', { force: true });
if (files.length === 0) process.exit(0);

const reporter = fileURLToPath(new URL('./count-reporter.ts', import.meta.url));
const run = spawnSync(
  process.execPath,
  [
    '--test',
    '--test-timeout=120000',
    '--test-reporter=spec',
    '--test-reporter-destination=stdout',
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=test-results.json',
    ...process.argv.slice(2),
    ...files,
  ],
  // A file that never ends (an open handle) must not hold up everything: ended so, it counts as failed. A slow machine is no fault.
  { stdio: 'inherit', timeout: 1_200_000 },
);
process.exit(run.status ?? 1);
