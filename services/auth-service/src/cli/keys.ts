import { readConfig } from '../config.ts';
import { keyCommands } from './key-commands.ts';
import { withKeyParts } from './key-parts.ts';
import { keysUsage, parseKeysArguments } from './keys-arguments.ts';
import { runCommand } from './run-command.ts';

/**
 * The command over the signing keys and what the KEK protects; it has the service's settings from the environment, and works
 * beside running replicas or without any.
 */
await runCommand({ things: 'signing keys', usage: keysUsage }, async (args) => {
  const { command, ...options } = parseKeysArguments(args);
  if (command === 'help') return 'help';
  return withKeyParts(readConfig(), (parts) => keyCommands[command](parts, options));
});
