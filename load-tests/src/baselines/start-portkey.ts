import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { root } from '../places.ts';
import { type Baseline, BaselineProcesses } from './baseline-process.ts';

/** Holds the package's version and lock file. */
const manifests = path.join(root, 'load-tests/baselines/portkey');
const installed = path.join(root, '.local/portkey');
const program = path.join(installed, 'node_modules/@portkey-ai/gateway/build/start-server.js');

/**
 * `@portkey-ai/gateway` as npm has it, one process. It is told by each request where to pass it on.
 *
 * @throws Error when npm cannot install it
 */
export async function startPortkey(stateFolder: string, report: (text: string) => void): Promise<Baseline> {
  if (!existsSync(program)) install(report);
  const processes = new BaselineProcesses(path.join(stateFolder, 'portkey'));
  const port = await processes.choosePort(4805);
  await processes.start({ name: 'portkey', args: [program, `--port=${port}`, '--headless'], port });
  return {
    url: `http://127.0.0.1:${port}`,
    parts: processes.parts(),
    [Symbol.asyncDispose]: () => processes[Symbol.asyncDispose](),
  };
}

function install(report: (text: string) => void): void {
  report('installing @portkey-ai/gateway, once');
  mkdirSync(installed, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(path.join(manifests, file), path.join(installed, file));
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', flags, { cwd: installed, encoding: 'utf8' });
  if (status !== 0) throw new Error(`@portkey-ai/gateway could not be installed:\n${stderr}`);
}
