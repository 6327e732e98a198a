import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, canEnter } from '../unprivileged-account.ts';
import { homeOutside, makePublic, systemFolder } from './outside-home.ts';

export interface PostgresHome {
  /** For the programs. */
  readonly cacheDir: string;
  /** For the data; owned by the account that Postgres runs as, closed to all others. */
  readonly dataParent: string;
  /** What to remove when the data are to be forgotten. */
  readonly removable: string;
}

/**
 * Where programs and data are kept: below the given folders, unless Postgres runs as an account that cannot enter
 * them (a clone in `/root`, a umask of 077); then below `/var/lib/4runr-gateway`, the data in a folder of the stack's own.
 */
export function placePostgres(options: {
  cacheDir: string;
  stateDir: string;
  account?: Account | undefined;
}): PostgresHome {
  const { cacheDir, stateDir, account } = options;
  for (const folder of [cacheDir, stateDir]) mkdirSync(folder, { recursive: true });
  const inside = { cacheDir, dataParent: join(stateDir, 'postgres'), removable: join(stateDir, 'postgres') };
  if (account === undefined) return makePrivate(inside);
  return makePrivate(
    {
      ...(canEnter(stateDir, account) ? inside : outside(stateDir)),
      cacheDir: canEnter(cacheDir, account) ? cacheDir : makePublic(join(systemFolder, 'programs')),
    },
    account,
  );
}

function outside(stateDir: string): Pick<PostgresHome, 'dataParent' | 'removable'> {
  const home = homeOutside(stateDir);
  return { dataParent: join(home, 'postgres'), removable: home };
}

function makePrivate(home: PostgresHome, account?: Account): PostgresHome {
  mkdirSync(home.dataParent, { recursive: true });
  chmodSync(home.dataParent, 0o700);
  if (account !== undefined) chownSync(home.dataParent, account.uid, account.gid);
  return home;
}
