import type { CommandResult } from './command-result.ts';
import { type CommandSubject, explainFailure } from './explain-failure.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs a command of this service by the arguments of the process. The exit code is 0 when it was done, 1 when it was not, and
 * 2 when it was not understood.
 *
 * @param run answers `help` where that is what was asked for
 */
export async function runCommand(
  subject: CommandSubject,
  run: (args: readonly string[]) => Promise<CommandResult | 'help'>,
): Promise<void> {
  try {
    const result = await run(process.argv.slice(2));
    const { text, isDone } = result === 'help' ? { text: subject.usage, isDone: true } : result;
    process.stdout.write(text);
    process.exitCode = isDone ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${explainFailure(error, subject)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}
