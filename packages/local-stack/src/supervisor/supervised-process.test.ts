import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { freePort, type ProcessSpec, untilListening } from '../process/index.ts';
import { type PartEvent, SupervisedProcess } from './supervised-process.ts';

const listens = "require('node:net').createServer().listen(+process.env.PORT, '127.0.0.1')";

describe('a supervised process', () => {
  let folder: string;
  let part: SupervisedProcess | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), '4runr-supervisor-'));
  });
  afterEach(async () => {
    await part?.stop(1_000);
    rmSync(folder, { recursive: true });
  });

  async function specOf(script: string): Promise<ProcessSpec> {
    const port = await freePort(22_000);
    return {
      name: 'dummy',
      command: process.execPath,
      args: ['-e', script],
      env: { PORT: String(port) },
      stopSignal: 'SIGTERM',
      logFile: join(folder, 'dummy.log'),
      ready: (signal) => untilListening(port, '127.0.0.1', signal),
      ports: [port],
    };
  }

  /** Starts the part; `next` resolves with the next event of a kind. */
  async function supervise(spec: ProcessSpec) {
    const waiting = new Map<PartEvent['kind'], (event: PartEvent) => void>();
    const started = new SupervisedProcess(spec, (event) => waiting.get(event.kind)?.(event));
    part = started;
    await started.start();
    return {
      started,
      next: (kind: PartEvent['kind']) => new Promise<PartEvent>((resolve) => waiting.set(kind, resolve)),
    };
  }

  it('that is killed is started again and reported ready', async () => {
    const { started, next } = await supervise(await specOf(listens));
    const before = started.status.pid ?? 0;
    const died = next('died');
    const restarted = next('restarted');
    process.kill(before, 'SIGKILL');
    assert.deepEqual(await died, { kind: 'died', exit: { code: null, signal: 'SIGKILL' }, restartInMs: 100 });
    await restarted;
    const { state, restarts, pid } = started.status;
    assert.deepEqual([state, restarts], ['ready', 1]);
    assert.notEqual(pid, before);
  });

  it('that is told to stop is gone and stays away', async () => {
    const { started } = await supervise(await specOf(listens));
    const pid = started.status.pid ?? 0;
    await started.stop(1_000);
    assert.deepEqual([started.status.state, started.status.pid], ['stopped', undefined]);
    assert.throws(() => process.kill(pid, 0));
  });

  it('that is told to stop while it waits for its restart is not started again', async () => {
    const { started, next } = await supervise(await specOf(listens));
    const died = next('died');
    process.kill(started.status.pid ?? 0, 'SIGKILL');
    await died;
    await started.stop(1_000);
    assert.equal(started.status.state, 'stopped');
  });

  it('that dies before it was ever ready fails its start with the last lines of its log', async () => {
    const spec = await specOf("console.error('no such database'); process.exit(3)");
    part = new SupervisedProcess(spec, () => {});
    await assert.rejects(part.start(), /exit code 3[\s\S]*no such database/);
  });
});
