import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';

/** A package's share of a turbo run. */
export interface TaskResult {
  /** Without the scope: `auth-service`. */
  readonly name: string;
  readonly directory: string;
  readonly exitCode: number;
  readonly durationMs: number;
  readonly isCached: boolean;
  readonly output: string;
}

export interface TurboOptions {
  readonly root: string;
  /** turbo's package filters: `@4runr/auth-service`, `!@4runr/e2e`. */
  readonly filters: readonly string[];
  /** Runs also what has passed before and has not changed since. */
  readonly isForced: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  /** Told the package's name when its task begins to run (not for a cached one). */
  onStart?(name: string): void;
}

/** Runs the tests of packages, three packages at a time: tests wait for their parts as long as they reckon. Throws when turbo itself fails. */
export async function runTurbo(options: TurboOptions): Promise<TaskResult[]> {
  const { root, filters, isForced, env, signal, onStart } = options;
  const summaries = join(root, '.turbo/runs');
  rmSync(summaries, { recursive: true, force: true });
  const outputs = new Map<string, string>();
  const flags = ['--json', '--summarize', '--continue=always', '--concurrency=3', '--no-update-notifier'];
  if (isForced) flags.push('--force');
  const args = ['run', 'test', ...flags, ...filters.map((filter) => `--filter=${filter}`)];
  const { output } = await runCommand(join(root, 'node_modules/.bin/turbo'), args, {
    cwd: root,
    env: { ...env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    signal,
    onLine: (line) => {
      const entry = parseEntry(line);
      if (entry === undefined) return;
      if (entry.text.startsWith('cache miss') || entry.text.startsWith('cache bypass'))
        onStart?.(shortName(entry.source));
      outputs.set(entry.source, `${outputs.get(entry.source) ?? ''}${entry.text}\n`);
    },
  });
  const [summary] = globSync(join(summaries, '*.json'));
  if (summary === undefined) throw new Error(`turbo did not run:\n${output}`);
  return readTasks(summary)
    .filter((entry) => entry.task === 'test' && existsSync(join(root, entry.directory)))
    .map((entry) => toResult(entry, outputs.get(entry.taskId) ?? ''));
}

interface SummaryTask {
  readonly taskId: string;
  readonly task: string;
  readonly package: string;
  readonly directory: string;
  readonly cache: { readonly status: 'HIT' | 'MISS' };
  readonly execution?: {
    readonly startTime: number;
    readonly endTime: number;
    readonly exitCode: number | null;
  };
}

function readTasks(summary: string): SummaryTask[] {
  return (JSON.parse(readFileSync(summary, 'utf8')) as { tasks: SummaryTask[] }).tasks;
}

function toResult(entry: SummaryTask, output: string): TaskResult {
  const { startTime = 0, endTime = 0, exitCode = null } = entry.execution ?? {};
  return {
    name: shortName(entry.package),
    directory: entry.directory,
    exitCode: exitCode ?? 1,
    durationMs: endTime - startTime,
    isCached: entry.cache.status === 'HIT',
    output,
  };
}

function parseEntry(line: string): { source: string; text: string } | undefined {
  try {
    const entry = JSON.parse(line) as { source: string; text: string };
    return entry.source === 'turbo' ? undefined : entry;
  } catch {
    return undefined;
  }
}

/** `@4runr/auth-service#test` and `@4runr/auth-service` are both `auth-service`. */
function shortName(source: string): string {
  return source.replace(/^@4runr\//, '').replace(/#.*$/, '');
}
