import { execFileSync, spawnSync } from 'node:child_process';

/** A user that exists on the machine and may do nothing in particular. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * As whom a part that refuses to be run by root runs (Postgres does): undefined for an ordinary user, who runs it as
 * themself; `nobody` for root.
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return { name: 'nobody', uid: idOf('-u', 'nobody'), gid: idOf('-g', 'nobody') };
}

/** Whether the account can pass through every folder on the way to this one. */
export function canEnter(folder: string, { uid, gid }: Account): boolean {
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0
  );
}

function idOf(flag: string, name: string): number {
  return Number(execFileSync('id', [flag, name], { encoding: 'utf8' }).trim());
}
