import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { root } from '../places.ts';
import type { K6 } from './find-k6.ts';

/** What k6 reads scripts from. */
const scriptsFolder = path.join(root, 'load-tests');

/** What k6 tells while it runs. */
export interface K6Listener {
  /** A call has ended, at this time of the clock (milliseconds since the epoch); `tag` is what the script says of it. */
  onCall(atMs: number, ms: number, tag: string): void;
  onCount(name: K6Count, value: number): void;
}

const counts = ['iterations', 'dropped_iterations', 'data_sent', 'data_received'] as const;
export type K6Count = (typeof counts)[number];

export interface K6Process {
  /** k6's exit code. */
  readonly ended: Promise<number>;
  /** Undefined where k6 is not this program's child. */
  readonly pid: number | undefined;
  /** Begins no more tasks and waits for those under way. */
  interrupt(): void;
}

export interface K6Options {
  readonly planFile: string;
  /** PEM file of the authority to trust; Go's programs take it from `SSL_CERT_FILE`. */
  readonly caFile: string;
  readonly logFile: string;
  readonly listener: K6Listener;
}

/** Runs the script in `k6/` and reads the samples that it writes, a line each. */
export function runK6(k6: K6, { planFile, caFile, logFile, listener }: K6Options): K6Process {
  const flags = ['--quiet', '--no-color', '--no-summary', '--no-usage-report', '--address='];
  const told = ['--env', `LOAD_PLAN=${planFile}`, '--out', 'csv=fileName=-,timeFormat=unix_micro'];
  const env = { SSL_CERT_FILE: caFile };
  const before = k6.argsFor([scriptsFolder, path.dirname(planFile), path.dirname(caFile)], env);
  const script = path.join(scriptsFolder, 'k6/main.ts');
  const child = spawn(k6.command, [...before, 'run', ...flags, ...told, script], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own: of Ctrl-C it is told once, by us, because a second time would cut off calls under way.
    detached: true,
  });
  keepLog(child, logFile);
  const read = readSamples(child, listener);
  const exit = once(child, 'exit') as Promise<[number | null]>;
  return {
    pid: k6.isContained ? undefined : child.pid,
    ended: Promise.all([exit, read]).then(([[code]]) => code ?? 1),
    interrupt: () => void child.kill('SIGINT'),
  };
}

/** k6 writes a line for every request without an answer: the first are enough. */
const logBytesMax = 2 ** 20;

function keepLog({ stderr }: ChildProcess, logFile: string): void {
  const log = createWriteStream(logFile);
  stderr?.on('data', (text: Buffer) => {
    if (log.bytesWritten < logBytesMax) log.write(text);
  });
  stderr?.on('end', () => log.end());
}

async function readSamples({ stdout }: ChildProcess, listener: K6Listener): Promise<void> {
  if (stdout === null) return;
  for await (const line of createInterface({ input: stdout })) readSample(line, listener);
}

/** `metric_name,timestamp,metric_value,extra_tags,metadata`; timestamps are microseconds. */
export function readSample(line: string, listener: K6Listener): void {
  const [name = '', at = '', value = '', tags = ''] = line.split(',');
  if (name === 'call') listener.onCall(Number(at) / 1_000, Number(value), tags.replace(/^c=/, ''));
  else if (isCount(name)) listener.onCount(name, Number(value));
}

function isCount(name: string): name is K6Count {
  return (counts as readonly string[]).includes(name);
}
