import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, type Mock, mock } from 'node:test';
import { createLogger } from '@4runr/service-kit/telemetry';
import { type CacheGate, createCacheGate } from './cache-gate.ts';

const fails = () => Promise.reject(new Error('no answer'));
const settled = () => new Promise(setImmediate);

describe('the gate before the cache', () => {
  let lines: string[];
  let probe: Mock<() => Promise<unknown>>;
  let gate: CacheGate;
  let close: () => unknown;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    lines = [];
    probe = mock.fn(fails as () => Promise<unknown>);
    const logger = createLogger(
      { service: 'proxy-service', level: 'info' },
      { write: (line) => void lines.push(line) },
    );
    const onClose = (_name: string, closer: () => unknown) => {
      close = closer;
    };
    gate = createCacheGate({ logger, onClose }, probe);
  });
  afterEach(() => {
    close();
    mock.timers.reset();
  });

  it('hands on what the cache answers', async () => {
    assert.equal(await gate.pass(async () => 'answer'), 'answer');
    assert.equal(gate.isOpen(), true);
  });

  it('asks nothing any more after a failure, until a probe has succeeded that no call waits for', async () => {
    assert.equal(await gate.pass(fails), undefined);
    const asked = mock.fn(async () => 'answer');
    for (let round = 1; round <= 3; round += 1) {
      mock.timers.tick(1_000);
      await settled();
      assert.equal(probe.mock.callCount(), round);
      assert.equal(await gate.pass(asked), undefined);
    }
    assert.equal(asked.mock.callCount(), 0);
    probe.mock.mockImplementation(async () => 'PONG');
    mock.timers.tick(1_000);
    await settled();
    assert.equal(await gate.pass(asked), 'answer');
  });

  it('says once that the cache is away, and once that it is back', async () => {
    await Promise.all([gate.pass(fails), gate.pass(fails)]);
    mock.timers.tick(1_000);
    await settled();
    probe.mock.mockImplementation(async () => 'PONG');
    mock.timers.tick(1_000);
    await settled();
    assert.deepEqual(
      lines.map((line) => JSON.parse(line).msg),
      [
        'the cache of answers does not answer in time: calls go on without it',
        'the cache of answers is asked again',
      ],
    );
  });

  it('probes no more when the service stops', async () => {
    await gate.pass(fails);
    close();
    mock.timers.tick(10_000);
    assert.equal(probe.mock.callCount(), 0);
  });
});
