import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { freePort } from './free-port.ts';
import { releasePort } from './port-claim.ts';

describe('a free port', () => {
  for (const host of ['127.0.0.1', '::1', '0.0.0.0']) {
    it(`steps over one that somebody listens on at ${host}`, async (context) => {
      const server = createServer().listen({ port: 0, host });
      const failed = await Promise.race([
        once(server, 'listening').then(() => false),
        once(server, 'error').then(() => true),
      ]);
      if (failed) return context.skip(`this machine has no ${host}`);
      const { port } = server.address() as { port: number };
      const chosen = await freePort(port);
      releasePort(chosen);
      server.close();
      assert.notEqual(chosen, port);
      assert.equal((chosen - port) % 100, 0);
    });
  }

  it('is the preferred one when nobody has it, and is not given twice until it is released', async () => {
    const first = await freePort(21_317);
    const second = await freePort(first);
    releasePort(first);
    releasePort(second);
    const third = await freePort(first);
    releasePort(third);
    assert.notEqual(second, first);
    assert.equal(third, first);
  });

  it('is a different one for each of several processes that ask at the same time', async () => {
    const others = [1, 2, 3, 4].map(() => choosePortInAnotherProcess(21_319));
    const ports = await Promise.all(others.map(({ port }) => port));
    for (const { end } of others) end();
    assert.equal(new Set(ports).size, 4);
  });
});

/** The process holds on to its claim until it is told to end. */
function choosePortInAnotherProcess(preferred: number): { port: Promise<number>; end: () => void } {
  const module = JSON.stringify(join(import.meta.dirname, 'free-port.ts'));
  const script = `const { freePort } = await import(${module}); console.log(await freePort(${preferred})); process.stdin.resume();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    port: once(child.stdout, 'data').then(([output]) => Number(output)),
    end: () => child.stdin.end(),
  };
}
