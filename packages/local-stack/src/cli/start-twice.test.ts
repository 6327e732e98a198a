import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../process/testing.ts';
import { stackFolder } from '../stack/stack-folder.ts';
import { lockStack, StackTakenError } from '../stack/stack-lock.ts';
import { startDetached } from './start-detached.ts';
import { startHere } from './start-here.ts';

const options = { detach: false, fresh: true, rotateMeshKeys: true, help: false, scale: {} };

describe('a start of a stack that another process was faster to start', () => {
  it('tells who it is and changes nothing', async () => {
    using temporary = temporaryFolder();
    const folder = stackFolder('/nowhere', { state: temporary.path });
    writeFileSync(folder.secretsFile, 'kept');
    const unlock = lockStack(folder.lockFile);
    try {
      await assert.rejects(startHere(folder, options), StackTakenError);
      assert.equal(readFileSync(folder.secretsFile, 'utf8'), 'kept');
    } finally {
      unlock();
    }
  });

  it('leaves the log of that one alone when it is detached', async () => {
    using temporary = temporaryFolder();
    const logFile = join(temporary.path, 'supervisor.log');
    writeFileSync(logFile, 'of the other\n');
    const holder = { pid: 4_711, born: '1' };
    const script = `process.send(${JSON.stringify({ kind: 'taken', holder })}, () => process.exit(1))`;
    const command = { args: ['-e', script], cwd: temporary.path, logFile };
    await assert.rejects(
      startDetached(command),
      (error) => error instanceof StackTakenError && error.holder.pid === 4_711,
    );
    assert.equal(readFileSync(logFile, 'utf8'), 'of the other\n');
  });
});
