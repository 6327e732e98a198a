import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { stopLeftovers } from './process-record.ts';
import { signalProcess } from './signal-process.ts';
import { startProcess } from './start-process.ts';
import { scriptSpec, temporaryFolder, until } from './testing.ts';

const FOREVER = 'setInterval(() => {}, 1000)';

describe('what a supervisor leaves behind', () => {
  it('is ended by the next one when the former was killed', async () => {
    using folder = temporaryFolder();
    const supervisor = spawn(process.execPath, ['--input-type=module', '-e', supervisorScript(folder.path)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await once(supervisor.stdout, 'data');
    const pid = Number(output);
    supervisor.kill('SIGKILL');
    await once(supervisor, 'exit');
    assert.equal(signalProcess(pid, 0), true);
    assert.deepEqual(await stopLeftovers(folder.path), ['orphan']);
    await until(() => !signalProcess(pid, 0));
    assert.deepEqual(await stopLeftovers(folder.path), []);
  });

  it('is nothing after a process that ended by itself', async () => {
    using folder = temporaryFolder();
    await startProcess(scriptSpec(folder.path, '')).exited;
    assert.deepEqual(readdirSync(folder.path), ['script.log']);
  });

  it('does not include a stranger that got the pid of a former process', async () => {
    using folder = temporaryFolder();
    const stranger = startProcess(scriptSpec(folder.path, FOREVER));
    const recordFile = join(folder.path, 'script.pid');
    const record = { ...JSON.parse(readFileSync(recordFile, 'utf8')), born: 'in an earlier life' };
    writeFileSync(recordFile, JSON.stringify(record));
    assert.deepEqual(await stopLeftovers(folder.path), []);
    assert.equal(signalProcess(stranger.pid, 0), true);
    await stranger.stop(0);
  });
});

function supervisorScript(folder: string): string {
  const [start, testing] = ['start-process.ts', 'testing.ts'].map((file) =>
    JSON.stringify(join(import.meta.dirname, file)),
  );
  return `
    const { startProcess } = await import(${start});
    const { scriptSpec } = await import(${testing});
    console.log(startProcess(scriptSpec(${JSON.stringify(folder)}, ${JSON.stringify(FOREVER)}, 'orphan')).pid);
  `;
}
