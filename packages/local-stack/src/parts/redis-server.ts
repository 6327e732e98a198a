import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DebianProgram, unpackDebianProgram } from './debian-package.ts';
import type { BringOptions } from './part-options.ts';
import { PartUnavailableError } from './part-unavailable-error.ts';
import { findOnPath, isAtLeast, type Program, tryProgram } from './program.ts';
import { bringStandIn } from './stand-in.ts';

export interface RedisServer {
  /** For the stand-in, `command` is a script for Node. */
  readonly program: Program;
  readonly isStandIn: boolean;
}

const MAJOR_MIN = 7;

/** In Debian, `redis-server` is a link to a program of `redis-tools`. */
const DEBIAN: readonly DebianProgram[] = [
  { package: 'redis-server', companions: ['redis-tools'], path: 'usr/bin/redis-server' },
  { package: 'valkey-server', companions: ['valkey-tools'], path: 'usr/bin/valkey-server' },
];

/**
 * Redis or Valkey 7+ on PATH, else unpacked from the distribution's packages, else the npm-shipped stand-in, which keeps
 * nothing on disk and says so. Throws `PartUnavailableError`.
 */
export async function findRedis(options: BringOptions): Promise<RedisServer> {
  const installed = findOnPath(['redis-server', 'valkey-server']).map((command) => tryProgram(command));
  const program = installed.find(isSupported) ?? (await unpacked(options));
  if (program !== undefined) return { program, isStandIn: false };
  const modules = await bringStandIn('redis', options.cacheDir);
  if (modules === undefined) {
    throw new PartUnavailableError(
      'Redis',
      `no Redis ${MAJOR_MIN}+ on PATH or among the packages of this distribution, and npm could not bring the stand-in`,
    );
  }
  options.report?.(
    'warning: using js-redis-server from npm in place of Redis: nothing is kept on disk, revocations included',
  );
  return { program: standInProgram(modules), isStandIn: true };
}

async function unpacked(options: BringOptions): Promise<Program | undefined> {
  for (const wanted of DEBIAN) {
    const program = await unpackDebianProgram(wanted, options);
    if (isSupported(program)) return program;
  }
  return undefined;
}

function isSupported(program: Program | undefined): program is Program {
  return program !== undefined && isAtLeast(program.version, MAJOR_MIN);
}

function standInProgram(modules: string): Program {
  const folder = join(modules, 'js-redis-server');
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
  return { command: join(folder, 'dist/cli.js'), version, env: {} };
}
