import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseStartOptions } from './start-options.ts';

describe('the options of npm start', () => {
  it('are all off by default', () => {
    assert.deepEqual(parseStartOptions([]), {
      detach: false,
      fresh: false,
      rotateMeshKeys: false,
      help: false,
      scale: {},
    });
  });

  it('take several services to scale', () => {
    const { scale, detach } = parseStartOptions([
      '--scale',
      'proxy-service=2',
      '--detach',
      '--scale=adapter-openai=3',
    ]);
    assert.deepEqual([scale, detach], [{ 'proxy-service': 2, 'adapter-openai': 3 }, true]);
  });

  const refused: Record<string, RegExp> = {
    '--detatch': /--detatch/,
    now: /now/,
    '--scale=proxy-service': /name=n/,
    '--scale=proxy=2': /no service proxy/,
    '--scale=provider-simulator=2': /provider-simulator/,
    '--scale=proxy-service=0': /between 1 and 16/,
    '--scale=proxy-service=-1': /name=n/,
  };
  for (const [option, message] of Object.entries(refused)) {
    it(`are refused with a reason: ${option}`, () => {
      assert.throws(() => parseStartOptions([option]), message);
    });
  }
});
