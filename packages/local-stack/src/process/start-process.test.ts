import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { RunningProcess } from './process-spec.ts';
import { signalProcess } from './signal-process.ts';
import { startProcess } from './start-process.ts';
import { scriptSpec, temporaryFolder, until } from './testing.ts';
import { waitUntilReady } from './wait-until-ready.ts';

const FOREVER = 'setInterval(() => {}, 1000); console.log("up")';

describe('a started process', () => {
  it('appends its output to the log of earlier runs and inherits no environment', async () => {
    using folder = temporaryFolder();
    const spec = scriptSpec(
      folder.path,
      'console.log(Object.keys(process.env).length); console.error("second stream")',
    );
    assert.deepEqual(await startProcess(spec).exited, { code: 0, signal: null });
    assert.deepEqual(await startProcess(spec).exited, { code: 0, signal: null });
    assert.equal(readFileSync(spec.logFile, 'utf8'), '0\nsecond stream\n'.repeat(2));
  });

  it('is asked to stop by its stop signal and may end in its own time', async () => {
    using folder = temporaryFolder();
    const running = startProcess(
      scriptSpec(folder.path, `process.on('SIGTERM', () => process.exit(3)); ${FOREVER}`),
    );
    await untilLogged(running, 'up');
    await Promise.all([running.stop(10_000), running.stop(10_000)]);
    assert.deepEqual(await running.exited, { code: 3, signal: null });
  });

  it('is killed when it does not end within the grace', async () => {
    using folder = temporaryFolder();
    const running = startProcess(scriptSpec(folder.path, `process.on('SIGTERM', () => {}); ${FOREVER}`));
    await untilLogged(running, 'up');
    await running.stop(100);
    assert.deepEqual(await running.exited, { code: null, signal: 'SIGKILL' });
  });

  it('takes its own children with it, however it ends', async () => {
    using folder = temporaryFolder();
    const child = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })`;
    const running = startProcess(scriptSpec(folder.path, `console.log('child ' + ${child}.pid); ${FOREVER}`));
    const childPid = Number((await untilLogged(running, /child (\d+)/))[1]);
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
    await until(() => !signalProcess(childPid, 0));
  });

  it('that cannot be started at all is an error with its name', () => {
    using folder = temporaryFolder();
    const spec = { ...scriptSpec(folder.path, '', 'ghost'), command: '/nonexistent/program' };
    assert.throws(() => startProcess(spec), /ghost cannot be started: \/nonexistent\/program/);
  });
});

describe('waiting for a process', () => {
  it('that ends early fails with its exit code and the last lines of its log', async () => {
    using folder = temporaryFolder();
    const spec = scriptSpec(folder.path, 'console.error("no such database"); process.exit(9)', 'broken');
    const running = startProcess({ ...spec, ready: untilAborted });
    await assert.rejects(
      waitUntilReady(running, 10_000),
      /broken ended before it was ready \(exit code 9\)[\s\S]*no such database/,
    );
  });

  it('that never becomes ready fails after the time allowed', async () => {
    using folder = temporaryFolder();
    const running = startProcess({ ...scriptSpec(folder.path, FOREVER, 'slow'), ready: untilAborted });
    await assert.rejects(waitUntilReady(running, 50), /slow was not ready within 0.05 s/);
    await running.stop(0);
  });
});

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

async function untilLogged(running: RunningProcess, text: string | RegExp): Promise<readonly string[]> {
  const match = () => readFileSync(running.spec.logFile, 'utf8').match(text);
  await until(() => match() !== null);
  return match() ?? [];
}
