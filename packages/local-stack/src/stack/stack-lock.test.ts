import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { birthOf } from '../process/index.ts';
import { lockHolder, lockStack, StackTakenError } from './stack-lock.ts';

describe('the lock of a stack', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), '4runr-lock-'));
    file = join(folder, 'supervisor.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (pid: number, born: string | undefined) => writeFileSync(file, JSON.stringify({ pid, born }));

  it('is held by one process at a time and names it', () => {
    lockStack(file);
    assert.equal(lockHolder(file)?.pid, process.pid);
    assert.throws(
      () => lockStack(file),
      (error) => error instanceof StackTakenError && error.holder.pid === process.pid,
    );
  });

  it('is gone after it was given back, and leaves nothing behind', () => {
    lockStack(file)();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('is taken over from a process that is gone', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()'], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    write(child.pid ?? 0, birthOf(child.pid ?? 0));
    assert.equal(lockHolder(file)?.pid, child.pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    lockStack(file);
    assert.equal(lockHolder(file)?.pid, process.pid);
  });

  it('is not held by a later process that got the same pid', () => {
    write(process.pid, 'another birth');
    assert.equal(lockHolder(file), undefined);
    assert.equal(existsSync(file), true);
  });

  it('is taken over from a file that says nothing', () => {
    writeFileSync(file, '');
    lockStack(file);
    assert.equal(lockHolder(file)?.pid, process.pid);
  });
});
