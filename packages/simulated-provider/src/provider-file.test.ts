import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseSimulatedProvider } from './provider-file.ts';

const documented = { source: 'https://docs.weather.test/now', date: '2026-11-25' };
const answer = { method: 'GET', path: '/now/{place}', ...documented, body: {} };
const failure = { ...documented, body: {} };
const file = (changes: object = {}) =>
  JSON.stringify({ tool: 'weather', answers: [answer], failure, ...changes });

describe('the file of a simulated provider', () => {
  it('needs no more than a tool, an answer, and the form of failures', () => {
    const { answers } = parseSimulatedProvider(file());
    assert.deepEqual(answers, [{ ...answer, when: {}, status: 200, headers: {} }]);
  });

  const refusals: readonly [guarantee: string, changes: object, told: RegExp][] = [
    [
      'names where each answer is documented',
      { answers: [{ ...answer, source: 'a blog' }] },
      /answers\.0\.source/,
    ],
    ['says when it was read there', { answers: [{ ...answer, date: 'yesterday' }] }, /answers\.0\.date/],
    ['has the provider’s form of a failure', { failure: undefined }, /failure/],
    ['belongs to a tool', { tool: 'Weather' }, /tool/],
    ['has paths of segments and placeholders', { answers: [{ ...answer, path: '/now/*' }] }, /is no path/],
    ['refers to parts that requests have', { answers: [{ ...answer, when: { 'cookie.a': 'b' } }] }, /when/],
    ['has no member that nobody reads', { delay: 3 }, /delay/],
  ];
  for (const [guarantee, changes, told] of refusals)
    it(guarantee, () => assert.throws(() => parseSimulatedProvider(file(changes)), told));

  it('is JSON', () => assert.throws(() => parseSimulatedProvider('{'), /is not JSON/));
});
