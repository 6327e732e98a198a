import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localFolder } from './places.mjs';

const folder = join(localFolder, 'bootstrap.lock');
const ownerFile = join(folder, 'owner.json');
/** Between making the folder and naming its owner. */
const UNNAMED_MAX_MS = 5_000;

/**
 * Does `work` while no other process of this clone does: waits for one that is at it, takes over from one that died.
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(work) {
  await take();
  const release = () => rmSync(folder, { recursive: true, force: true });
  process.on('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

async function take() {
  for (let hasTold = false; !tryTake(); hasTold = true) {
    const owner = readOwner();
    if (isStale(owner)) discard(owner);
    else if (!hasTold)
      process.stderr.write(`waiting for the set-up of process ${owner?.pid ?? 'unknown'} to end\n`);
    await delay(200);
  }
}

function tryTake() {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(ownerFile, JSON.stringify({ pid: process.pid, born: birthOf(process.pid) }));
  return true;
}

function isStale(owner) {
  if (owner === undefined) return ageOf(folder) > UNNAMED_MAX_MS;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
  return birthOf(owner.pid) !== owner.born;
}

/** Moved away first, so that of several waiters only one discards it; put back if another was quicker. */
function discard(owner) {
  const grave = `${folder}.${process.pid}`;
  try {
    renameSync(folder, grave);
    if (readOwner(join(grave, 'owner.json'))?.pid !== owner?.pid) return renameSync(grave, folder);
    rmSync(grave, { recursive: true, force: true });
  } catch (error) {
    if (!['ENOENT', 'EEXIST', 'ENOTEMPTY'].includes(error.code)) throw error;
  }
}

function readOwner(file = ownerFile) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Tells a process from a later one with the same pid, on Linux (proc(5), stat, field 22); elsewhere the pid must do. */
function birthOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
