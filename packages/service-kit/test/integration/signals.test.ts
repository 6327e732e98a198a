import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, it } from 'node:test';

interface Line {
  readonly level: string;
  readonly msg: string;
  readonly port?: number;
  readonly code?: string;
}

describe('a service that runs', () => {
  let child: ChildProcess;
  let lines: AsyncIterator<string>;
  let url: string;

  beforeEach(async () => {
    const file = path.join(import.meta.dirname, '../fixtures/plain-service.ts');
    child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (child.stdout === null) throw new TypeError('it has no output');
    lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const { port } = await lineOf('listening');
    url = `http://127.0.0.1:${port}`;
  });
  afterEach(() => child.kill('SIGKILL'));

  /** The next line with this message. */
  async function lineOf(message: string): Promise<Line> {
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error(`it ended without saying "${message}"`);
      const line = JSON.parse(value) as Line;
      if (line.msg === message) return line;
    }
  }

  it('logs more after SIGUSR2, and as before after the next one', async () => {
    child.kill('SIGUSR2');
    assert.equal((await lineOf('the log level was changed')).level, 'warn');
    await fetch(`${url}/nope`);
    const { level, code } = await lineOf('request failed');
    assert.deepEqual([level, code], ['debug', 'route.unknown']);

    child.kill('SIGUSR2');
    await lineOf('the log level was changed');
    await fetch(`${url}/nope`);
    child.kill('SIGTERM');
    const { value } = await lines.next();
    assert.equal(JSON.parse(value).msg, 'stopping');
  });

  it('ends well at SIGTERM', async () => {
    child.kill('SIGTERM');
    await lineOf('stopped');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });
});
