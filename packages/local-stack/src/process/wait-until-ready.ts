import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import type { RunningProcess } from './process-spec.ts';

/**
 * Resolves when the process is ready. Rejects when it ends before, or is not ready within `timeoutMs`, with an error
 * that quotes the last lines of its log.
 */
export async function waitUntilReady(running: RunningProcess, timeoutMs: number): Promise<void> {
  const { name, logFile } = running.spec;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeoutMs);
  const ended = running.exited.then(({ code, signal }) => {
    throw new Error(
      `${name} ended before it was ready (${signal ?? `exit code ${code}`})${lastLines(logFile)}`,
    );
  });
  const ready = running.spec.ready(over.signal).catch((cause: unknown) => {
    const what = over.signal.aborted
      ? `was not ready within ${timeoutMs / 1000} s`
      : `cannot be used: ${inspect(cause)}`;
    throw new Error(`${name} ${what}${lastLines(logFile)}`, { cause });
  });
  try {
    await Promise.race([ready, ended]);
  } finally {
    clearTimeout(timer);
    over.abort();
    ready.catch(() => {});
    ended.catch(() => {});
  }
}

function lastLines(logFile: string, count = 15): string {
  try {
    const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count);
    return `\n  last lines of ${logFile}:\n${lines.map((line) => `  | ${line}`).join('\n')}`;
  } catch {
    return '';
  }
}
