import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { birthOf, signalProcess } from '../process/index.ts';

/** The process that runs a stack. */
export interface Holder {
  readonly pid: number;
  /** Tells it from a later process with the same pid. */
  readonly born: string;
}

/** Another process runs the stack of this folder, or is about to. */
export class StackTakenError extends Error {
  override readonly name = 'StackTakenError';
  readonly holder: Holder;

  constructor(holder: Holder) {
    super(`the stack is run by process ${holder.pid}`);
    this.holder = holder;
  }
}

/**
 * Makes this process the one that runs the stack; takes over from one that is gone.
 *
 * @returns what gives the lock back
 * @throws StackTakenError
 */
export function lockStack(file: string): () => void {
  mkdirSync(dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  const text = JSON.stringify({ pid: process.pid, born: birthOf(process.pid) ?? '' });
  writeFileSync(mine, text, { mode: 0o600 });
  try {
    while (!tryLink(mine, file)) {
      const holder = readLock(file);
      if (holder !== undefined && isAlive(holder)) throw new StackTakenError(holder);
      discard(file, holder);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => {
    if (readLock(file)?.pid === process.pid) rmSync(file, { force: true });
  };
}

/** The live process that runs the stack, if any. */
export function lockHolder(file: string): Holder | undefined {
  const holder = readLock(file);
  return holder !== undefined && isAlive(holder) ? holder : undefined;
}

export function isAlive({ pid, born }: Holder): boolean {
  return signalProcess(pid, 0) && birthOf(pid) === born;
}

/** A link appears with its whole content, or not at all because the name is taken. */
function tryLink(existing: string, file: string): boolean {
  try {
    linkSync(existing, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moved away first, so that of two who find it stale one discards it; put back if it was not what was read. */
function discard(file: string, stale: Holder | undefined): void {
  const grave = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, grave);
    if (readLock(grave)?.pid !== stale?.pid) tryLink(grave, file);
    rmSync(grave);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function readLock(file: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}
