import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@4runr/contracts/mesh';
import { writePrivateFile } from '../private-file.ts';
import type { StackFolder } from '../stack/stack-folder.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * Services that something is run beside: `npm run keys` and `npm run operators` for auth-service; replicas with other settings,
 * which tests compare with the stack's own.
 */
const commanded: readonly ServiceName[] = ['auth-service', 'policy-service', 'proxy-service'];

/** Keeps what a running service was told, where it is needed, for the commands that act beside it (mode 600). */
export function keepServiceSettings(folder: StackFolder, service: ServiceName, env: Environment): void {
  if (commanded.includes(service)) writePrivateFile(settingsFile(folder, service), JSON.stringify(env));
}

/** What the service of the running stack was told. */
export function readServiceSettings(folder: StackFolder, service: ServiceName): Environment {
  return JSON.parse(readFileSync(settingsFile(folder, service), 'utf8')) as Environment;
}

export function forgetServiceSettings(folder: StackFolder): void {
  rmSync(folder.settings, { recursive: true, force: true });
}

function settingsFile(folder: StackFolder, service: ServiceName): string {
  return join(folder.settings, `${service}.json`);
}
