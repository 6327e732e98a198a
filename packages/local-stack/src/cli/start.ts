import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StackTakenError } from '../stack/stack-lock.ts';
import { runCommand } from './run-command.ts';
import { type SupervisorCommand, startDetached } from './start-detached.ts';
import { startHere } from './start-here.ts';
import { parseStartOptions, type StartOptions, startUsage } from './start-options.ts';
import { folder, readStackState, type StackState } from './this-stack.ts';

/** `npm start`: the whole gateway on this machine, until Ctrl-C or `npm stop`. */
async function start(args: readonly string[]): Promise<number> {
  const options = parseStartOptions(args);
  if (options.help) {
    process.stdout.write(startUsage);
    return 0;
  }
  // What another `npm start` has detached: that one deals with a stack that is there already.
  if (process.connected) return (await unlessTaken(() => startHere(folder, options))) ?? 1;
  for (;;) {
    const state = await settledState();
    if (state.kind !== 'stopped') return tellRunning(state, options);
    const code = await unlessTaken(() =>
      options.detach ? startDetached(supervisorCommand(args)) : startHere(folder, options),
    );
    if (code !== undefined) return code;
  }
}

/** Undefined when another process that starts the same stack was faster. */
async function unlessTaken(begin: () => Promise<number>): Promise<number | undefined> {
  try {
    return await begin();
  } catch (error) {
    if (error instanceof StackTakenError) return undefined;
    throw error;
  }
}

function supervisorCommand(args: readonly string[]): SupervisorCommand {
  return {
    args: [import.meta.filename, ...args.filter((arg) => arg !== '--detach')],
    cwd: folder.root,
    logFile: join(folder.logs, 'supervisor.log'),
  };
}

function tellRunning(state: Exclude<StackState, { kind: 'stopped' }>, { fresh }: StartOptions): number {
  process.stdout.write(`${describeRunning(state)}\n`);
  if (!fresh) return state.kind === 'running' ? 0 : 1;
  process.stdout.write('To forget its data, stop it first: npm stop\n');
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
