import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that was run once to see that it works here. */
export interface Program {
  readonly command: string;
  /** `17.4`, `7.0.15`: the first dotted number that it prints of itself. */
  readonly version: string;
  /** What it needs in its environment beyond {@link baseEnv}: the library path of an unpacked package. */
  readonly env: Readonly<Record<string, string>>;
}

/** System folders that an ordinary user's PATH often lacks. */
const EXTRA_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/** Every executable of one of these names, in the order of PATH, then of the system's folders. */
export function findOnPath(names: readonly string[]): string[] {
  const folders = [...new Set([...(process.env.PATH ?? '').split(delimiter), ...EXTRA_FOLDERS])].filter(
    Boolean,
  );
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isExecutable);
}

/** Asks the program for its version; undefined when it does not run here (other libc, missing library, no permission). */
export function tryProgram(
  command: string,
  { versionFlag = '--version', env = {} as Record<string, string> } = {},
) {
  const text = runsAs(command, [versionFlag], env);
  const version = text?.match(/\d+(?:\.\d+)+/)?.[0];
  return version === undefined ? undefined : ({ command, version, env } satisfies Program);
}

/** The environment of every part: no locale, nothing of the caller's but PATH. */
export function baseEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** Whether a version is at least `major`. */
export function isAtLeast(version: string, major: number): boolean {
  return Number.parseInt(version, 10) >= major;
}

function runsAs(command: string, args: string[], env: Record<string, string>): string | undefined {
  try {
    // `nginx -v` speaks on stderr, everything else on stdout: the shell joins them.
    return execFileSync('/bin/sh', ['-c', '"$0" "$@" 2>&1', command, ...args], {
      encoding: 'utf8',
      env: { ...baseEnv(), ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    });
  } catch {
    return undefined;
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
