import { sessionVariables } from '../clients/session-variables.ts';
import { runCommand } from './run-command.ts';
import { renderExports } from './shell-exports.ts';
import { folder, readStackState } from './this-stack.ts';

/** `npm run -s env`: what pasted commands need, for `eval "$(npm run -s env)"`. */
async function env(): Promise<number> {
  const state = readStackState();
  if (state.kind !== 'running') {
    process.stderr.write(
      `The gateway is ${state.kind === 'stopped' ? 'not running: npm start' : 'still starting'}\n`,
    );
    // So that the eval fails too.
    process.stdout.write('false\n');
    return 1;
  }
  process.stdout.write(renderExports(await sessionVariables(state.stack, folder)));
  return 0;
}

await runCommand(env);
