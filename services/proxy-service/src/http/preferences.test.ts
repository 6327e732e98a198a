import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPreferences, readWaitSeconds } from './preferences.ts';

const waitOf = (header: string) => readWaitSeconds(readPreferences(header));

describe('the wait that a caller prefers', () => {
  const rows: Readonly<Record<string, number>> = {
    'wait=5': 5,
    'Wait="5"': 5,
    'respond-async, wait=10': 10,
    'wait = 7 ; foo=bar': 7,
    'wait=5, wait=9': 5,
    'foo="a, wait=1", wait=2': 2,
    'foo="a \\" , wait=1", wait=2': 2,
  };
  for (const [header, seconds] of Object.entries(rows))
    it(`is ${seconds} by ${header}`, () => assert.equal(waitOf(header), seconds));

  const malformed = [
    '',
    'wait',
    'wait=',
    'wait=-1',
    'wait=1.5',
    'wait=1e3',
    'wait=soon',
    'wait 5',
    '=5',
    ',,;',
  ];
  for (const header of [...malformed, 'wait="5', `wait=${'9'.repeat(16)}`, 'foo="a, wait=1"'])
    it(`is none by ${header}`, () => assert.equal(waitOf(header), undefined));

  it('is found in time in a header that was made to take long', () => {
    const header = `${'a="'.repeat(5_000)}${' ='.repeat(5_000)}`;
    const startedAt = performance.now();
    readPreferences(header);
    assert.ok(performance.now() - startedAt < 100);
  });
});

it('preferences have values, or none', () => {
  assert.deepEqual(
    [...readPreferences('respond-async, return="minimal", Priority=5; x')],
    [
      ['respond-async', ''],
      ['return', 'minimal'],
      ['priority', '5'],
    ],
  );
});
