import { readConfig } from '../config.ts';
import { explainFailure } from './explain-failure.ts';
import { keyCommands } from './key-commands.ts';
import { withKeyParts } from './key-parts.ts';
import { keysUsage, parseKeysArguments, UsageError } from './keys-arguments.ts';

/**
 * The command over the signing keys and what the KEK protects; it has the service's settings from the environment, and works
 * beside running replicas or without any.
 */
async function keys(args: readonly string[]): Promise<number> {
  const { command, ...options } = parseKeysArguments(args);
  if (command === 'help') {
    process.stdout.write(keysUsage);
    return 0;
  }
  const { text, isDone } = await withKeyParts(readConfig(), (parts) => keyCommands[command](parts, options));
  process.stdout.write(text);
  return isDone ? 0 : 1;
}

try {
  process.exitCode = await keys(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${explainFailure(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
