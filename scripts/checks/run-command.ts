import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ends the command when it aborts; the promise then rejects. */
  readonly signal: AbortSignal;
  /** Told each line of stdout as it comes. */
  onLine?(line: string): void;
}

export interface CommandResult {
  /** Zero when all went well. */
  readonly exitCode: number;
  /** stdout and stderr, as they came. */
  readonly output: string;
  readonly durationMs: number;
}

/** Runs a command to its end and keeps what it says. Rejects only when it is interrupted or cannot be started. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const { cwd, signal, onLine } = options;
  const env = { ...(options.env ?? process.env), NO_COLOR: '1', FORCE_COLOR: undefined };
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env,
      signal,
      killSignal: 'SIGTERM',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    if (onLine !== undefined) createInterface({ input: child.stdout }).on('line', onLine);
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 1, output, durationMs: performance.now() - started }),
    );
  });
}
