import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { startTestParts } from '../src/parts/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { cacheDir } from './parts-under-test.ts';

describe('the parts of a test run', () => {
  it('that was killed are ended and removed by the next run, and its own by itself', async () => {
    using folder = temporaryFolder();
    // As /tmp: other users, Postgres among them, can pass through.
    chmodSync(folder.path, 0o755);
    const killed = spawn(process.execPath, ['--input-type=module', '-e', startScript()], {
      env: { ...process.env, TMPDIR: folder.path },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(killed.stdout, 'data');
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    assert.equal(readdirSync(folder.path).length, 1);

    process.env.TMPDIR = folder.path;
    const next = await startTestParts({ cacheDir });
    assert.equal(readdirSync(folder.path).length, 1);
    await next.stop();
    assert.deepEqual(readdirSync(folder.path), []);
  });
});

function startScript(): string {
  const module = JSON.stringify(join(import.meta.dirname, '../src/parts/index.ts'));
  return `
    const { startTestParts } = await import(${module});
    await startTestParts({ cacheDir: ${JSON.stringify(cacheDir)} });
    console.log('up');
  `;
}
