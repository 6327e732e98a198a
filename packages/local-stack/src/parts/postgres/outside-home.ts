import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writePrivateFile } from '../../private-file.ts';
import { isServed } from './postgres-cluster.ts';

/** Where a stack of root's keeps what other users must reach when they cannot enter the stack's own folder. */
export const systemFolder = '/var/lib/4runr-gateway';

const idForm = /^[0-9a-f]{16}$/;

/**
 * The folder for the data of the stack in `stateDir`, made if absent. It is named by an id that is kept in `stateDir`, so
 * that a clone that is moved keeps its data and a new one at the same path gets its own; what its predecessor there has left
 * is removed. Nothing else is: a clone that cannot be seen may lie on a volume that is not mounted. A copy of a clone that is
 * still there gets data of its own.
 */
export function homeOutside(stateDir: string, parent = systemFolder): string {
  const kept = keptId(stateDir);
  const owner = kept === undefined ? undefined : ownerOf(join(parent, kept));
  const isMine = owner === undefined || owner === stateDir;
  const id = kept !== undefined && isMine ? kept : takeId(stateDir, parent);
  const home = makePublic(join(parent, id));
  writePrivateFile(ownerFile(home), stateDir);
  removeAbandoned(parent);
  return home;
}

/** Makes a folder through which other users can pass, whatever the umask. */
export function makePublic(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const each of [dirname(folder), folder]) chmodSync(each, 0o755);
  return folder;
}

const idFile = (stateDir: string) => join(stateDir, 'postgres-home');
const ownerFile = (home: string) => join(home, 'stack');

function keptId(stateDir: string): string | undefined {
  const id = readIfPresent(idFile(stateDir));
  return id !== undefined && idForm.test(id) ? id : undefined;
}

/** The stack that data belong to; undefined when none was recorded, or that one knows of these data no more. */
function ownerOf(home: string): string | undefined {
  const stateDir = readIfPresent(ownerFile(home));
  return stateDir !== undefined && keptId(stateDir) === basename(home) ? stateDir : undefined;
}

/** The id is known to the stack before the folder is there: nobody takes that for abandoned. */
function takeId(stateDir: string, parent: string): string {
  const id = randomBytes(8).toString('hex');
  writePrivateFile(idFile(stateDir), id);
  const unnamed = join(parent, createHash('sha256').update(stateDir).digest('hex').slice(0, 16));
  if (existsSync(unnamed) && !existsSync(ownerFile(unnamed)))
    takeOver(unnamed, { stateDir, home: join(parent, id) });
  return id;
}

/**
 * Versions before this one named data by the path of the clone. They are this stack's if it has run before: then the state
 * Redis has left its folder, too.
 */
function takeOver(unnamed: string, { stateDir, home }: { stateDir: string; home: string }): void {
  if (existsSync(join(stateDir, 'redis-state'))) renameSync(unnamed, home);
  else removeUnserved(unnamed);
}

function removeAbandoned(parent: string): void {
  for (const file of globSync(join(parent, '*', basename(ownerFile(''))))) {
    const home = dirname(file);
    if (idForm.test(basename(home)) && isReplaced(home)) removeUnserved(home);
  }
}

/** Whether where the data's stack was another one is now. */
function isReplaced(home: string): boolean {
  const stateDir = readIfPresent(ownerFile(home));
  const id = stateDir === undefined ? undefined : keptId(stateDir);
  return id !== undefined && id !== basename(home);
}

function removeUnserved(home: string): void {
  if (globSync(join(home, 'postgres/data-*')).some(isServed)) return;
  rmSync(home, { recursive: true, force: true });
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
