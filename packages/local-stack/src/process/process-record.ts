import { execFileSync } from 'node:child_process';
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, signalProcess } from './signal-process.ts';

interface ProcessRecord {
  readonly pid: number;
  readonly name: string;
  readonly stopSignal: NodeJS.Signals;
  /** Tells the process from a later one that got the same pid. */
  readonly born: string;
}

/**
 * Ends the processes that a supervisor which was killed left running, by the records beside their logs. Call it before
 * anything is prepared or started. Returns the names of those that were still alive.
 */
export async function stopLeftovers(logsDir: string, graceMs = 5_000): Promise<string[]> {
  const files = globSync(join(logsDir, '*.pid'));
  const alive = files.map(readRecord).filter((record) => record !== undefined && isAlive(record));
  await Promise.all(alive.map((record) => stopRecorded(record as ProcessRecord, graceMs)));
  for (const file of files) rmSync(file, { force: true });
  return alive.map((record) => (record as ProcessRecord).name);
}

/** Remembers a started process beside its log, for {@link stopLeftovers}. */
export function recordProcess(logFile: string, process: Omit<ProcessRecord, 'born'>): void {
  const record: ProcessRecord = { ...process, born: birthOf(process.pid) ?? '' };
  writeFileSync(recordFileOf(logFile), JSON.stringify(record), { mode: 0o600 });
}

/** Removes the record of a process that has ended, unless a later process has taken its place. */
export function forgetProcess(logFile: string, pid: number): void {
  const file = recordFileOf(logFile);
  if (readRecord(file)?.pid === pid) rmSync(file, { force: true });
}

function recordFileOf(logFile: string): string {
  return `${logFile.replace(/\.log$/, '')}.pid`;
}

function readRecord(file: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
}

function isAlive(record: ProcessRecord): boolean {
  return signalProcess(record.pid, 0) && birthOf(record.pid) === record.born;
}

async function stopRecorded(record: ProcessRecord, graceMs: number): Promise<void> {
  const deadline = Date.now() + graceMs;
  signalProcess(record.pid, record.stopSignal);
  while (isAlive(record) && Date.now() < deadline) await delay(50);
  signalGroup(record.pid, 'SIGKILL');
  while (isAlive(record) && Date.now() < deadline + 2_000) await delay(20);
}

/** When the process began: clock ticks since boot on Linux (proc(5), stat, field 22), a date elsewhere. */
export function birthOf(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
