import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { StackTakenError } from '../stack/stack-lock.ts';
import { createProgress } from './progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';

/** The process that a detached start leaves running. */
export interface SupervisorCommand {
  /** For this Node: the script and its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Appended to: another supervisor may be writing to it. */
  readonly logFile: string;
}

/**
 * Starts the stack in a process of its own, shows its progress, and returns when it serves (0) or has failed (1).
 *
 * @throws StackTakenError when another process was faster
 */
export async function startDetached(command: SupervisorCommand): Promise<number> {
  const { supervisor, logStart } = spawnSupervisor(command);
  const progress = createProgress(process.stdout);
  // It stops what it has started and then ends; its end is waited for below.
  const giveUp = () => supervisor.kill('SIGTERM');
  for (const signal of stopSignals) process.on(signal, giveUp);
  const outcome = await outcomeOf(supervisor, (event) => progress.report(event));
  progress.close();
  if (outcome.kind === 'up') {
    progress.line(outcome.summary);
    supervisor.disconnect();
    supervisor.unref();
    for (const signal of stopSignals) process.off(signal, giveUp);
    return 0;
  }
  if (supervisor.exitCode === null && supervisor.signalCode === null) await once(supervisor, 'exit');
  for (const signal of stopSignals) process.off(signal, giveUp);
  if (outcome.kind === 'taken') throw new StackTakenError(outcome.holder);
  process.stderr.write(`${outcome.reason ?? `It has not started:\n${tail(command.logFile, logStart)}`}\n`);
  return 1;
}

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Outcome = Exclude<SupervisorMessage, { kind: 'event' }> | { kind: 'failed'; reason?: never };
type StackEvent = Extract<SupervisorMessage, { kind: 'event' }>['event'];

function outcomeOf(supervisor: ChildProcess, onEvent: (event: StackEvent) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    supervisor.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'event') onEvent(message.event);
      else resolve(message);
    });
    supervisor.once('exit', () => resolve({ kind: 'failed' }));
  });
}

/** In a session of its own: closing the terminal does not reach it. */
function spawnSupervisor({ args, cwd, logFile }: SupervisorCommand) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a', 0o600);
  try {
    const logStart = fstatSync(log).size;
    const supervisor = spawn(process.execPath, args, {
      cwd,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    return { supervisor, logStart };
  } finally {
    closeSync(log);
  }
}

/** The last lines after what was there before; all of the file where it has been emptied since. */
function tail(file: string, start: number, lines = 20): string {
  const bytes = readFileSync(file);
  const text = bytes.subarray(bytes.length < start ? 0 : start).toString();
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
