/** `npm run new-adapter`: makes the folder of an adapter, links it into the workspace, and says what is left to do. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { adapterFolderName, readAdapterDeclarations } from '@4runr/local-stack';
import { adapterFiles } from './adapter-files.ts';
import { assertUsable, nextPort, PlanError } from './adapter-plan.ts';
import { parseOptions, usage } from './parse-options.ts';
import { writeAdapter } from './write-adapter.ts';

const root = join(import.meta.dirname, '../../..');

try {
  const asked = parseOptions(process.argv.slice(2));
  if (asked === undefined) process.stdout.write(usage);
  else makeAdapter(asked);
} catch (error) {
  if (!(error instanceof PlanError)) throw error;
  process.stderr.write(`${error.message}\n\n${usage}`);
  process.exitCode = 2;
}

function makeAdapter(asked: NonNullable<ReturnType<typeof parseOptions>>): void {
  const adapters = readAdapterDeclarations(root);
  assertUsable(
    asked,
    adapters.map(({ tool }) => tool),
  );
  const plan = {
    ...asked,
    port: nextPort(adapters.map(({ port }) => port)),
    date: new Date().toISOString().slice(0, 10),
  };
  const folder = `services/tool-adapters/${adapterFolderName(plan.tool)}`;
  writeAdapter(join(root, folder), adapterFiles(plan));
  run('format it', ['node_modules/.bin/biome', 'check', '--write', folder]);
  run('link it into the workspace', ['pnpm', 'install', '--no-frozen-lockfile', '--prefer-offline']);
  run('write its table of settings', [process.execPath, 'scripts/settings.ts']);
  process.stdout.write(nextSteps(plan.tool, plan.action, folder));
}

function run(what: string, [command = '', ...args]: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new PlanError(`could not ${what}: ${[command, ...args].join(' ')}`);
}

function nextSteps(tool: string, action: string, folder: string): string {
  return `made ${folder}

  npm test -- adapter-${adapterFolderName(tool)}   passes as it is; then change, in this order:
    simulated-provider.json     what the provider answers, with source and date
    src/actions/                parameters, result, effect, cache
    src/client/                 how the provider is asked
  npm start                     runs it; a policy that allows ${tool}:${action} lets agents call it
  deploy/, docker-compose.yml   say where it runs elsewhere; until then their tests name what is missing

  docs/add-a-tool.md leads through it.
`;
}
