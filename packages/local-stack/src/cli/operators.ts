import { runCommand } from './run-command.ts';
import { runServiceScript } from './run-service-script.ts';

/** `npm run operators -- …`: the command of auth-service over operators. */
await runCommand((args) => runServiceScript('services/auth-service/src/cli/operators.ts', args));
