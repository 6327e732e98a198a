import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import { repeatUntilClosed } from './repeat-until-closed.ts';

/** A kit that shows what was logged, and closes when told to. */
function createTestKit() {
  const messages: string[] = [];
  const levels: string[] = [];
  const closers: (() => unknown)[] = [];
  const logger = pino(
    { level: 'info' },
    {
      write: (line: string) => {
        const { msg, level } = JSON.parse(line) as { msg: string; level: number };
        messages.push(msg);
        levels.push(pino.levels.labels[level] ?? '');
      },
    },
  );
  const onClose = (_name: string, close: () => unknown) => void closers.push(close);
  return {
    kit: { logger, onClose },
    messages,
    levels,
    close: () => Promise.all(closers.map((close) => close())),
  };
}

describe('repeatUntilClosed', () => {
  it('goes on after failures, and logs the first of a row and its end alone', async () => {
    const { kit, messages, levels, close } = createTestKit();
    const done = Promise.withResolvers<void>();
    let runs = 0;
    repeatUntilClosed(kit, {
      name: 'work',
      everyMs: 0,
      run: async () => {
        runs += 1;
        if (runs === 2 || runs === 3) throw new Error('not now');
        if (runs === 5) done.resolve();
      },
    });
    await done.promise;
    await close();
    assert.deepEqual(messages, ['background work failed', 'background work goes on']);
    assert.deepEqual(levels, ['warn', 'info']);
  });

  it('is no reason to warn while what it needs has not come up yet', async () => {
    const { kit, levels, close } = createTestKit();
    const done = Promise.withResolvers<void>();
    let runs = 0;
    repeatUntilClosed(kit, {
      name: 'work',
      everyMs: 0,
      run: async () => {
        runs += 1;
        if (runs < 3) throw new Error('not yet');
        done.resolve();
      },
    });
    await done.promise;
    await close();
    assert.deepEqual(levels, ['info', 'info']);
  });

  it('does not close before the run under way has ended, and begins no other', async () => {
    const { kit, close } = createTestKit();
    const begun = Promise.withResolvers<void>();
    const work = Promise.withResolvers<void>();
    let runs = 0;
    repeatUntilClosed(kit, {
      name: 'work',
      everyMs: 0,
      run: async () => {
        runs += 1;
        begun.resolve();
        await work.promise;
      },
    });
    await begun.promise;
    let isClosed = false;
    const closing = close().then(() => {
      isClosed = true;
    });
    await Promise.resolve();
    assert.equal(isClosed, false);
    work.resolve();
    await closing;
    assert.equal(runs, 1);
  });
});
