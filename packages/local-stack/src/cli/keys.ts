import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { readServiceSettings } from '../services/service-settings.ts';
import { runCommand } from './run-command.ts';
import { folder, readStackState } from './this-stack.ts';

/** Of auth-service, whose settings it takes from the environment. */
const script = join(folder.root, 'services/auth-service/src/cli/keys.ts');

/** `npm run keys -- list|rotate|withdraw|reseal`: the command of auth-service, with what this clone's running stack has told it. */
async function keys(args: readonly string[]): Promise<number> {
  const needsNoStack = args.includes('--help') || args.includes('-h');
  const state = readStackState();
  if (state.kind !== 'running' && !needsNoStack) {
    process.stderr.write(
      `The gateway is ${state.kind === 'stopped' ? 'not running: npm start' : 'still starting'}\n`,
    );
    return 1;
  }
  const env = needsNoStack ? {} : readServiceSettings(folder, 'auth-service');
  const command = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env });
  const [code] = (await once(command, 'exit')) as [number | null];
  return code ?? 1;
}

await runCommand(keys);
