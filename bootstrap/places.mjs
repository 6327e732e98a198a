import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SetUpError } from './set-up-error.mjs';

export const rootFolder = fileURLToPath(new URL('..', import.meta.url));
/** Everything that is brought or made on this machine, but for node_modules. */
export const localFolder = join(rootFolder, '.local');
export const logFile = join(localFolder, 'logs', 'bootstrap.log');

/** Makes `.local`. @throws {SetUpError} when this user may not write where an earlier run of another user wrote */
export function checkFolder() {
  for (const folder of [rootFolder, localFolder, join(rootFolder, 'node_modules')]) {
    if (existsSync(folder) && !isWritable(folder)) throw new SetUpError(notOurs(folder));
  }
  mkdirSync(join(localFolder, 'logs'), { recursive: true });
}

/**
 * The environment of npm and pnpm. They keep caches below HOME: where that cannot be written (a service account, a
 * container with an arbitrary user) one in `.local` takes its place.
 */
export function installerEnv() {
  const env = { ...process.env };
  // What the surrounding `npm start` says of itself, and what would leave out a part of the dependencies.
  for (const name of Object.keys(env))
    if (/^npm_(lifecycle|package)_|^NODE_ENV$/i.test(name)) delete env[name];
  // pnpm reads .npmrc, but not npm's variables.
  const registry = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
  if (registry !== undefined) env.pnpm_config_registry ??= registry;
  if (isWritable(homedir())) return env;
  const home = join(localFolder, 'home');
  mkdirSync(home, { recursive: true });
  return {
    ...env,
    NPM_CONFIG_USERCONFIG: env.NPM_CONFIG_USERCONFIG ?? join(homedir(), '.npmrc'),
    HOME: home,
  };
}

function notOurs(folder) {
  const { uid } = statSync(folder);
  const user = userInfo().username;
  return (
    `${folder} cannot be written by ${user}: it belongs to user ${uid}.\n` +
    `Run the command as that user, or take the clone over: sudo chown -R ${user} ${rootFolder}`
  );
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
