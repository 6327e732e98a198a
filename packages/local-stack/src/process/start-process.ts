import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { forgetProcess, recordProcess } from './process-record.ts';
import type { ProcessExit, ProcessSpec, RunningProcess } from './process-spec.ts';
import { signalGroup, signalProcess } from './signal-process.ts';

/**
 * Starts a process in a group of its own, so that Ctrl-C in the terminal reaches the supervisor alone and what the
 * process leaves behind can be ended with it. Throws when the command cannot be started at all.
 */
export function startProcess(spec: ProcessSpec): RunningProcess {
  const { child, pid } = spawnDetached(spec);
  recordProcess(spec.logFile, { pid, name: spec.name, stopSignal: spec.stopSignal });
  const exited = once(child, 'exit').then(([code, signal]): ProcessExit => {
    // A master that was killed leaves its workers holding the ports: nothing may outlive the leader.
    signalGroup(pid, 'SIGKILL');
    forgetProcess(spec.logFile, pid);
    return { code, signal };
  });
  let stopping: Promise<void> | undefined;
  return {
    spec,
    pid,
    exited,
    stop(graceMs) {
      stopping ??= stopProcess(pid, exited, { stopSignal: spec.stopSignal, graceMs });
      return stopping;
    },
  };
}

function spawnDetached(spec: ProcessSpec) {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a', 0o600);
  try {
    const child = spawn(spec.command, spec.args, {
      env: { ...spec.env },
      cwd: spec.cwd,
      uid: spec.uid,
      gid: spec.gid,
      detached: true,
      stdio: ['ignore', log, log],
    });
    // Without a listener a failed spawn would end the supervisor; the missing pid below tells the same.
    child.on('error', () => {});
    if (child.pid === undefined)
      throw new Error(`${spec.name} cannot be started: ${spec.command} does not run`);
    return { child, pid: child.pid };
  } finally {
    closeSync(log);
  }
}

async function stopProcess(
  pid: number,
  exited: Promise<ProcessExit>,
  { stopSignal, graceMs }: { stopSignal: NodeJS.Signals; graceMs: number },
): Promise<void> {
  signalProcess(pid, stopSignal);
  const kill = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(kill);
}
