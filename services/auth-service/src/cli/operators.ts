import { readConfig } from '../config.ts';
import { runOperatorCommand } from './operator-commands.ts';
import { withOperatorParts } from './operator-parts.ts';
import { operatorsUsage, parseOperatorsArguments } from './operators-arguments.ts';
import { runCommand } from './run-command.ts';

/**
 * The command over operators; it has the service's settings from the environment, and works beside running replicas or
 * without any. Whoever can run it can write the database anyway: no operator's token is needed, nor could one be lost.
 */
await runCommand({ things: 'operators', usage: operatorsUsage }, async (given) => {
  const args = parseOperatorsArguments(given);
  if (args.command === 'help') return 'help';
  return withOperatorParts(readConfig(), (parts) => runOperatorCommand(parts, args));
});
