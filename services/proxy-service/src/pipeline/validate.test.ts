import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ProblemError } from '@4runr/service-kit/errors';
import { bodyOf, mail, resolved, web } from '../../test/fixtures/calls.ts';
import { validate } from './validate.ts';

const step = validate();
const take = async (body: unknown) => step(resolved(web, 'fetch', { readBody: async () => bodyOf(body) }));

describe('validate', () => {
  it('gives the parameters, their facts and the length of the body', async () => {
    const call = await take({ url: 'https://example.com/', more: 1 });
    assert.deepEqual(call.params, { url: 'https://example.com/', more: 1 });
    assert.deepEqual(call.facts, { url: ['https://example.com/'], model: [], recipient: [] });
    assert.equal(call.requestBytes, 39);
  });

  const refusals: Readonly<Record<string, unknown>> = {
    'no body is an empty object': undefined,
    'null is no parameters': null,
    'a list is no parameters': [],
    'a text is no parameters': 'url',
    'a number is no parameters': 1,
    'a missing parameter is a fault': {},
  };
  for (const [guarantee, body] of Object.entries(refusals)) {
    it(guarantee, () =>
      assert.rejects(take(body), (error: ProblemError) => {
        assert.equal(error.code, 'params.invalid');
        assert.equal(error.extensions.errors?.length, 1);
        return true;
      }),
    );
  }

  it('does not read the body of a call whose intent is none', async () => {
    const readBody = () => assert.fail('is not read');
    await assert.rejects(
      async () => step(resolved(mail, 'send', { intent: 'two words', readBody })),
      (error: ProblemError) => error.code === 'request.invalid',
    );
  });

  it('passes on what is wrong with a body that cannot be read', async () => {
    const failure = new ProblemError('body.too_large');
    const readBody = () => Promise.reject(failure);
    await assert.rejects(async () => step(resolved(web, 'fetch', { readBody })), failure);
  });
});
