import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { root } from '../places.ts';

/** What the run was measured on, by what the report calls it. */
export function describeMachine(k6: string): Record<string, string> {
  return {
    'Operating system': `${distribution() ?? type()} (${type()} ${release()})`,
    'Container runtime': 'none: processes on the machine',
    'Application server': `Node.js ${process.versions.node}`,
    'Load generator': k6,
    'CPU cores': `${availableParallelism()} (${cpus()[0]?.model.trim() || 'unnamed'})`,
    Memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
  };
}

function distribution(): string | undefined {
  try {
    return /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}

/** Revision of this clone, with `+` where it was changed. */
export function describeCommit(): string {
  const git = (...args: string[]) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
  const revision = git('rev-parse', '--short=12', 'HEAD');
  return git('status', '--porcelain') === '' ? revision : `${revision}+`;
}
