import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './run-command.ts';
import { startDetached } from './start-detached.ts';
import { startHere } from './start-here.ts';
import { parseStartOptions, startUsage } from './start-options.ts';
import { readStackState, type StackState } from './this-stack.ts';

/** `npm start`: the whole gateway on this machine, until Ctrl-C or `npm stop`. */
async function start(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args);
  if (options.help) {
    process.stdout.write(startUsage);
    return 0;
  }
  const state = await settledState();
  if (state.kind === 'stopped') return options.detach ? startDetached(args) : startHere(options);
  process.stdout.write(`${describeRunning(state)}\n`);
  if (!options.fresh && !options.rotateMeshKeys) return state.kind === 'running' ? 0 : 1;
  const wish = options.fresh ? 'forget its data' : 'rotate its mesh keys';
  process.stdout.write(`To ${wish}, stop it first: npm stop\n`);
  return 1;
}

const othersStartMsMax = 60_000;

/** Another `npm start` of this clone may be at it: then its end is waited for. */
async function settledState(): Promise<StackState> {
  const deadline = Date.now() + othersStartMsMax;
  let state = readStackState();
  if (state.kind === 'starting')
    process.stdout.write(`Process ${state.holder.pid} is starting the gateway.\n`);
  for (; state.kind === 'starting' && Date.now() < deadline; state = readStackState()) await delay(200);
  return state;
}

function describeRunning(state: Exclude<StackState, { kind: 'stopped' }>): string {
  if (state.kind === 'starting')
    return `Process ${state.holder.pid} is still starting the gateway; to end it: npm stop`;
  const { edge, supervisor } = state.stack;
  return `The gateway runs already at ${edge.https} and ${edge.http} (process ${supervisor.pid}).`;
}

await runCommand(start);
