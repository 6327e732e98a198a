import { PartUnavailableError } from '../parts/index.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs a command of the command line and ends the process with the code that it gives. What a person can do something about
 * is told without a stack trace.
 */
export async function runCommand(command: (args: readonly string[]) => Promise<number>): Promise<void> {
  // A reader that has left (`npm start | head`) must not end the stack.
  process.stdout.on('error', () => {});
  try {
    process.exitCode = await command(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

export function explain(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}\n\n${error.usage}`;
  if (error instanceof PartUnavailableError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
