import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProgress } from './progress.ts';
import type { SupervisorMessage } from './supervisor-message.ts';
import { folder } from './this-stack.ts';

const logFile = join(folder.logs, 'supervisor.log');

/** Starts the stack in a process of its own, shows its progress, and returns when it serves (0) or has failed (1). */
export async function startDetached(args: readonly string[]): Promise<number> {
  const supervisor = spawnSupervisor(args.filter((arg) => arg !== '--detach'));
  const progress = createProgress(process.stdout);
  // It stops what it has started and then ends; its end is waited for below.
  const giveUp = () => supervisor.kill('SIGTERM');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, giveUp);
  const outcome = await outcomeOf(supervisor, (event) => progress.report(event));
  progress.close();
  if (outcome.kind === 'up') {
    progress.line(outcome.summary);
    supervisor.disconnect();
    supervisor.unref();
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, giveUp);
    return 0;
  }
  if (supervisor.exitCode === null && supervisor.signalCode === null) await once(supervisor, 'exit');
  process.stderr.write(`${outcome.reason}\n`);
  return 1;
}

type Outcome = Exclude<SupervisorMessage, { kind: 'event' }>;
type StackEvent = Extract<SupervisorMessage, { kind: 'event' }>['event'];

function outcomeOf(supervisor: ChildProcess, onEvent: (event: StackEvent) => void): Promise<Outcome> {
  return new Promise((resolve) => {
    supervisor.on('message', (message: SupervisorMessage) => {
      if (message.kind === 'event') onEvent(message.event);
      else resolve(message);
    });
    supervisor.once('exit', () =>
      resolve({ kind: 'failed', reason: `It has not started:\n${tail(logFile)}` }),
    );
  });
}

/** In a session of its own: closing the terminal does not reach it. */
function spawnSupervisor(args: readonly string[]): ChildProcess {
  mkdirSync(folder.logs, { recursive: true });
  const log = openSync(logFile, 'w', 0o600);
  try {
    return spawn(process.execPath, [join(import.meta.dirname, 'start.ts'), ...args], {
      cwd: folder.root,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

function tail(file: string, lines = 20): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
