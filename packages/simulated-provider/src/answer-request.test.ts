import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerRequest, failureAnswer, shownCredential } from './answer-request.ts';
import { parseSimulatedProvider } from './provider-file.ts';
import type { ProviderRequest } from './request-parts.ts';

const documented = { source: 'https://docs.weather.test/now', date: '2026-11-25' };
const provider = parseSimulatedProvider(
  JSON.stringify({
    tool: 'weather',
    credential: 'header.authorization',
    answers: [
      {
        method: 'GET',
        path: '/now/{place}',
        when: { place: 'Atlantis' },
        ...documented,
        status: 404,
        body: {},
      },
      {
        method: 'GET',
        path: '/now/{place}',
        when: { 'query.units': null },
        ...documented,
        body: { at: '{place}' },
      },
      {
        ...{ method: 'GET', path: '/now/{place}', ...documented },
        ...{ headers: { 'X-Units': '{query.units}' }, body: { text: 'In {place}, {query.units}.', n: 1 } },
      },
      {
        method: 'POST',
        path: '/reports',
        ...documented,
        status: 201,
        body: { report: '{body}', by: '{body.by.name}' },
      },
    ],
    failure: { ...documented, body: { error: { code: '{status}', message: '{detail}' } } },
  }),
);

const ask = (method: string, target: string, rest: Partial<ProviderRequest> = {}) => {
  const [path = '', query = ''] = target.split('?');
  return { method, path, query: new URLSearchParams(query), headers: {}, body: undefined, ...rest };
};

describe('a simulated provider', () => {
  it('gives the first answer whose method, path and conditions fit', () => {
    assert.equal(answerRequest(provider, ask('GET', '/now/Atlantis')).status, 404);
    assert.deepEqual(answerRequest(provider, ask('GET', '/now/Z%C3%BCrich')).body, { at: 'Zürich' });
  });

  it('puts parts of the request into the answer', () => {
    const { headers, body } = answerRequest(provider, ask('GET', '/now/A%2FB?units=si'));
    assert.deepEqual([headers, body], [{ 'X-Units': 'si' }, { text: 'In A/B, si.', n: 1 }]);
  });

  it('gives back a part of the body as it is, and leaves out what is not there', () => {
    const report = { lines: [1, 2] };
    const { status, body } = answerRequest(provider, ask('POST', '/reports', { body: report }));
    assert.deepEqual([status, body], [201, { report, by: undefined }]);
  });

  it('answers what it does not have in its own form of a failure', () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/now'],
      ['GET', '/now/'],
      ['GET', '/now/a/b'],
      ['PUT', '/now/a'],
    ])
      assert.deepEqual(answerRequest(provider, ask(String(method), String(path))), {
        status: 404,
        headers: {},
        body: { error: { code: 404, message: 'Not found.' } },
      });
    const limited = failureAnswer(provider, { status: 429, detail: 'Slow down.' });
    assert.deepEqual(limited.body, { error: { code: 429, message: 'Slow down.' } });
  });

  it('is not fooled by names that every object has, or by what cannot be decoded', () => {
    assert.equal(answerRequest(provider, ask('GET', '/now/%E0%A4%A')).status, 200);
    const odd = ask('POST', '/reports', { body: { by: JSON.parse('{"__proto__": {"name": 1}}') } });
    assert.equal((answerRequest(provider, odd).body as { by?: unknown }).by, undefined);
  });

  it('knows which credential it was shown', () => {
    const shown = (authorization?: string) =>
      shownCredential(provider, ask('GET', '/now/a', { headers: { authorization } }));
    assert.deepEqual([shown('Bearer key'), shown('key'), shown()], ['key', 'key', undefined]);
  });
});
