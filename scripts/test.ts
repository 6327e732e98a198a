/**
 * `npm test`: every check and every test, on a Postgres and a Redis of its own, ending with the line
 * `N passed, N failed` (`, N skipped`). `npm test -- <package> …` runs these packages' tests alone; with `--force` those
 * run too that have passed before on the same files.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestParts } from '../packages/local-stack/src/parts/index.ts';
import { describeTotal, type Outcome, printOutcome } from './checks/outcome.ts';
import { testFolder, testPackages } from './checks/package-outcomes.ts';
import { runCommand } from './checks/run-command.ts';

const root = dirname(import.meta.dirname);
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => interruption.abort(signal));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { force: { type: 'boolean', default: false } },
});
const surroundings = { root, isForced: values.force, signal: interruption.signal };

const outcomes: Outcome[] = [];
try {
  const packages = positionals.map(toPackageName);
  if (packages.length === 0) await runEverything();
  else await withParts((env) => runTests(packages, env));
  process.stdout.write(`${describeTotal(outcomes)}\n`);
  process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0;
} catch (error) {
  if (!interruption.signal.aborted) throw error;
  process.stdout.write(`interrupted (${interruption.signal.reason})\n`);
  process.exitCode = 130;
}

async function runEverything(): Promise<void> {
  const bin = join(root, 'node_modules/.bin');
  const sources = ['packages', 'services', 'deploy', 'e2e', 'load-tests', 'scripts'].filter((folder) =>
    existsSync(join(root, folder)),
  );
  await check('format and lint', join(bin, 'biome'), ['ci', '--colors=off', '.']);
  await check('boundaries', join(bin, 'depcruise'), ['--config', '.dependency-cruiser.mjs', ...sources]);
  await check('settings in the documentation', process.execPath, ['scripts/settings.ts', '--check']);
  await check('the API description', process.execPath, ['scripts/openapi.ts', '--check']);
  await check('types', join(bin, 'tsc'), ['-p', '.']);
  await check('types of k6 scenarios', join(bin, 'tsc'), ['-p', 'load-tests/k6']);
  await check('tests of bootstrap and scripts', process.execPath, ['--test', ...ownTests()]);
  // The tests through the edge wait as long as they reckon: the others fill in.
  await withParts(async (env) => {
    await Promise.all([runTests(['!@4runr/e2e'], env), testMesh()]);
  });
}

async function testMesh(): Promise<void> {
  reportStart('e2e');
  await add(testFolder('e2e', { ...surroundings, filters: [], env: process.env }));
}

function ownTests(): string[] {
  return globSync(['bootstrap/**/*.test.mjs', 'scripts/**/*.test.ts'], { cwd: root });
}

async function check(name: string, command: string, args: readonly string[]): Promise<void> {
  const result = await runCommand(command, args, { cwd: root, signal: interruption.signal });
  const hasPassed = result.exitCode === 0;
  await add(
    Promise.resolve([{ ...result, name, passed: hasPassed ? 1 : 0, failed: hasPassed ? 0 : 1, skipped: 0 }]),
  );
}

async function runTests(filters: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  await add(testPackages({ ...surroundings, filters, env, onStart: reportStart }));
}

function reportStart(name: string): void {
  process.stdout.write(`  testing ${name} …\n`);
}

async function add(results: Promise<Outcome[]>): Promise<void> {
  for (const outcome of await results) {
    outcomes.push(outcome);
    printOutcome(outcome);
  }
}

async function withParts(use: (env: NodeJS.ProcessEnv) => Promise<void>): Promise<void> {
  const report = (message: string) => process.stdout.write(`  ${message}\n`);
  const parts = await startTestParts({ cacheDir: join(root, '.local'), report });
  try {
    await use({ ...process.env, TEST_POSTGRES_URL: parts.postgresUrl, TEST_REDIS_URL: parts.redisUrl });
  } finally {
    await parts.stop();
  }
}

/** Accepts `auth-service` for `@4runr/auth-service`; an unknown name ends the run with the list of known ones. */
function toPackageName(argument: string): string {
  const name = argument.startsWith('@') ? argument : `@4runr/${argument}`;
  const files = globSync(
    join(root, '{packages/*,services/*,services/tool-adapters/*,deploy/*,e2e,load-tests}/package.json'),
  );
  const known = files.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { name: string }).name);
  if (known.includes(name)) return name;
  process.stderr.write(`unknown package ${argument}; there are: ${known.sort().join(', ')}\n`);
  process.exit(2);
}
