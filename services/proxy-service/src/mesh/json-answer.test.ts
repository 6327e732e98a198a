import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

const answer = (type: string | undefined) => ({
  status: 200,
  headers: { 'content-type': type },
  body: { a: 1 },
});

describe('an answer in JSON', () => {
  for (const type of ['application/json', 'application/json; charset=utf-8', 'application/problem+json']) {
    it(`is one of type ${type}`, () => assert.deepEqual(jsonOf(answer(type)), { a: 1 }));
  }
  for (const type of [undefined, '', 'text/html', 'text/json', 'application/jsonp']) {
    it(`is none of type ${type ?? 'unknown'}, whatever its body`, () =>
      assert.equal(jsonOf(answer(type)), undefined));
  }
});

it('an unexpected answer is kept for the log, cut to a length that a log can take', () => {
  const { message } = unexpectedAnswer('x', { status: 500, headers: {}, body: 'a'.repeat(10_000) });
  assert.match(message, /^x answered 500 "a/);
  assert.ok(message.length < 600);
});
