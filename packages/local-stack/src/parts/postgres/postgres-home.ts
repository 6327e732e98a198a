import { createHash } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Account, canEnter } from '../unprivileged-account.ts';

/** Where a stack of root's keeps what other users must reach when they cannot enter the stack's own folder. */
const SYSTEM_FOLDER = '/var/lib/4runr-gateway';

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
 * them (a clone in `/root`, a umask of 077); then below `/var/lib/4runr-gateway`, the data in a folder named by the
 * hash of `stateDir`.
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
  const hash = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
  const outside = join(SYSTEM_FOLDER, hash);
  return makePrivate(
    {
      ...(canEnter(stateDir, account)
        ? inside
        : { dataParent: join(makePublic(outside), 'postgres'), removable: outside }),
      cacheDir: canEnter(cacheDir, account) ? cacheDir : makePublic(join(SYSTEM_FOLDER, 'programs')),
    },
    account,
  );
}

function makePrivate(home: PostgresHome, account?: Account): PostgresHome {
  mkdirSync(home.dataParent, { recursive: true });
  chmodSync(home.dataParent, 0o700);
  if (account !== undefined) chownSync(home.dataParent, account.uid, account.gid);
  return home;
}

/** Lets other users pass through, whatever the umask. */
function makePublic(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const each of [dirname(folder), folder]) chmodSync(each, 0o755);
  return folder;
}
