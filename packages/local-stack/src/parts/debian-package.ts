import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureFolder } from './atomic-folder.ts';
import type { BringOptions } from './part-options.ts';
import { findOnPath, type Program, tryProgram } from './program.ts';

const run = promisify(execFile);

/** A program of the distribution that can be unpacked and run without being installed. */
export interface DebianProgram {
  /** The package that holds the program. */
  readonly package: string;
  /** Packages of which it needs files even where they are installed already (links point into them). */
  readonly companions: readonly string[];
  /** Path of the program inside the package. */
  readonly path: string;
  readonly versionFlag?: string;
}

/**
 * Brings a program from the distribution's packages without root: `apt-get download` (which checks signatures) and
 * `dpkg-deb -x` into `<cacheDir>/debian/<package>`. Nothing is installed and no service is started. Undefined where
 * there is no apt or no such package.
 */
export async function unpackDebianProgram(
  wanted: DebianProgram,
  { cacheDir, report }: BringOptions,
): Promise<Program | undefined> {
  if (findOnPath(['apt-get']).length === 0 || findOnPath(['dpkg-deb']).length === 0) return undefined;
  const folder = join(cacheDir, 'debian', wanted.package);
  const isPresent = existsSync(folder);
  const kept = programIn(folder, wanted);
  if (kept !== undefined) return kept;
  // What is there does not run any more: the machine was upgraded since.
  if (isPresent) await rm(folder, { recursive: true, force: true });
  try {
    await ensureFolder(folder, (temporary) => downloadAndUnpack(wanted, temporary, report));
    return programIn(folder, wanted);
  } catch {
    return undefined;
  }
}

function programIn(folder: string, { path, versionFlag = '--version' }: DebianProgram): Program | undefined {
  const libraries = ['lib', 'usr/lib'].flatMap((lib) => [
    join(folder, lib),
    ...globSync(join(folder, lib, '*-linux-gnu*')),
  ]);
  return tryProgram(join(folder, path), { versionFlag, env: { LD_LIBRARY_PATH: libraries.join(':') } });
}

async function downloadAndUnpack(
  wanted: DebianProgram,
  target: string,
  report: BringOptions['report'],
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), '4runr-apt-'));
  try {
    await downloadArchives(wanted, { work, report });
    for (const archive of globSync(join(work, '*.deb'))) await run('dpkg-deb', ['-x', archive, target]);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

interface Download {
  readonly work: string;
  readonly report: BringOptions['report'];
}

/** With the machine's package lists; where these are missing or out of date, with fresh ones of our own. */
async function downloadArchives(wanted: DebianProgram, download: Download): Promise<void> {
  const sandbox = ['-o', 'APT::Sandbox::User=root'];
  try {
    await downloadWith(wanted, sandbox, download);
  } catch {
    const options = [...sandbox, ...(await privateAptState(download.work))];
    await run('apt-get', [...options, 'update'], { timeout: 120_000 }).catch(() => {
      // One unreachable source fails the command, while the one that matters may have been read: the download tells.
    });
    await downloadWith(wanted, options, download);
  }
}

async function downloadWith(
  wanted: DebianProgram,
  options: string[],
  { work, report }: Download,
): Promise<void> {
  const packages = await packagesToDownload(wanted, options);
  report?.(`downloading the package ${wanted.package}, to be used without being installed`);
  await run('apt-get', [...options, 'download', ...packages], { cwd: work, timeout: 120_000 });
}

/** The package, its companions, and the libraries that an installation would add here. */
async function packagesToDownload(wanted: DebianProgram, options: string[]): Promise<string[]> {
  const own = [wanted.package, ...wanted.companions];
  const args = [...options, '--simulate', '--no-install-recommends', 'install', ...own];
  const { stdout } = await run('apt-get', args, { env: { ...process.env, LC_ALL: 'C' } });
  const added = [...stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name ?? '');
  return [
    ...new Set([
      ...own,
      ...added.filter((name) => name.startsWith('lib') && !name.startsWith('libnginx-mod')),
    ]),
  ];
}

async function privateAptState(work: string): Promise<string[]> {
  const [state, cache] = [join(work, 'state'), join(work, 'cache')];
  for (const folder of [join(state, 'lists/partial'), join(cache, 'archives/partial')])
    await mkdir(folder, { recursive: true });
  const settings = {
    'Dir::State': state,
    'Dir::State::lists': join(state, 'lists'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': cache,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}
