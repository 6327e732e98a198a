import { runCommand } from './run-command.ts';
import { runServiceScript } from './run-service-script.ts';

/** `npm run keys -- …`: the command of auth-service over signing keys and the KEK. */
await runCommand((args) => runServiceScript('services/auth-service/src/cli/keys.ts', args));
