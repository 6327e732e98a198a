import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { callersFolder } from '../config.ts';
import { readServiceSettings } from '../services/service-settings.ts';
import { folder, readStackState } from './this-stack.ts';

/**
 * Runs a command of auth-service, with what this clone's running stack has told that service.
 *
 * @param script path from the root of the repository
 * @returns the exit code
 */
export async function runServiceScript(script: string, args: readonly string[]): Promise<number> {
  const needsNoStack = args.includes('--help') || args.includes('-h');
  const state = readStackState();
  if (state.kind !== 'running' && !needsNoStack) {
    process.stderr.write(
      `The gateway is ${state.kind === 'stopped' ? 'not running: npm start' : 'still starting'}\n`,
    );
    return 1;
  }
  const env = needsNoStack ? {} : readServiceSettings(folder, 'auth-service');
  const command = spawn(process.execPath, [join(folder.root, script), ...args], {
    stdio: 'inherit',
    env,
    cwd: callersFolder(),
  });
  const [code] = (await once(command, 'exit')) as [number | null];
  return code ?? 1;
}
