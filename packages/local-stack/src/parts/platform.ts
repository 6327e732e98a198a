import { readFileSync } from 'node:fs';

export type PartName = 'Postgres' | 'Redis' | 'nginx';
type PackageSource = 'apt' | 'apk' | 'dnf' | 'pacman' | 'zypper' | 'brew';

const INSTALL: Record<PackageSource, { command: string; packages: Record<PartName, string> }> = {
  apt: {
    command: 'apt-get install -y',
    packages: { Postgres: 'postgresql', Redis: 'redis-server', nginx: 'nginx' },
  },
  apk: { command: 'apk add', packages: { Postgres: 'postgresql', Redis: 'valkey', nginx: 'nginx' } },
  dnf: {
    command: 'dnf install -y',
    packages: { Postgres: 'postgresql-server', Redis: 'valkey', nginx: 'nginx' },
  },
  pacman: { command: 'pacman -S', packages: { Postgres: 'postgresql', Redis: 'valkey', nginx: 'nginx' } },
  zypper: {
    command: 'zypper install',
    packages: { Postgres: 'postgresql-server', Redis: 'valkey', nginx: 'nginx' },
  },
  brew: { command: 'brew install', packages: { Postgres: 'postgresql@17', Redis: 'redis', nginx: 'nginx' } },
};

/** Distribution (`ID` and `ID_LIKE` of os-release(5)) to the tool that installs its packages. */
const SOURCES: Record<string, PackageSource> = {
  debian: 'apt',
  ubuntu: 'apt',
  alpine: 'apk',
  fedora: 'dnf',
  rhel: 'dnf',
  arch: 'pacman',
  suse: 'zypper',
};

/** The exact command that installs the part here, with `sudo` for an ordinary user; a plain sentence where none is known. */
export function installCommand(part: PartName): string {
  const source = packageSource();
  if (source === undefined) return `install ${part} so that it is on PATH`;
  const { command, packages } = INSTALL[source];
  const sudo = source === 'brew' || process.getuid?.() === 0 ? '' : 'sudo ';
  return `${sudo}${command} ${packages[part]}`;
}

/** What people call this machine: `linux x64, debian 12`. */
export function platformName(): string {
  const { ID, VERSION_ID } = osRelease();
  const distribution = ID === undefined ? '' : `, ${[ID, VERSION_ID].filter(Boolean).join(' ')}`;
  return `${process.platform} ${process.arch}${distribution}`;
}

function packageSource(): PackageSource | undefined {
  if (process.platform === 'darwin') return 'brew';
  const { ID = '', ID_LIKE = '' } = osRelease();
  const known = [ID, ...ID_LIKE.split(' ')].find((id) => SOURCES[id] !== undefined);
  return known === undefined ? undefined : SOURCES[known];
}

function osRelease(): Record<string, string> {
  try {
    const lines = readFileSync('/etc/os-release', 'utf8').matchAll(/^(\w+)="?([^"\n]*)"?$/gm);
    return Object.fromEntries([...lines].map(([, key, value]) => [key, value]));
  } catch {
    return {};
  }
}
