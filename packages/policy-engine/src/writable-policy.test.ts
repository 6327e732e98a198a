import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { leastPolicyExample, type Policy } from '@4runr/contracts/policy';
import { writablePolicySchema } from './writable-policy.ts';

const chatting: Policy = { ...leastPolicyExample, allow: ['serpapi:search', 'openai:chat'] };
const wholeAnswers: Policy = {
  ...chatting,
  guards: { pii: { detect: ['email'], on: 'response', effect: 'redact' } },
  response: { redact: ['id'], truncate: { content: 1 }, block: ['secret'] },
};

function faultsOf(document: unknown): string[] {
  const { error } = writablePolicySchema.safeParse(document);
  return (error?.issues ?? []).map(({ path }) => `/${path.join('/')}`);
}

describe('a policy that allows what can be streamed', () => {
  it('is refused where it asks of answers what cannot be done to a stream, each obligation by its place', () => {
    assert.deepEqual(faultsOf(wholeAnswers), [
      '/response/redact',
      '/response/truncate',
      '/response/block',
      '/guards/pii',
    ]);
  });

  it('may ask it where it denies streams', () => {
    const guards = { ...wholeAnswers.guards, streaming: 'deny' };
    assert.deepEqual(faultsOf({ ...wholeAnswers, guards }), []);
  });

  it('may limit the size of answers, and look at requests', () => {
    const pii = { detect: ['email'], on: 'request', effect: 'deny' };
    assert.deepEqual(faultsOf({ ...chatting, guards: { maxResponseBytes: 1, pii } }), []);
  });

  it('may ask anything of the answers to what is never streamed', () => {
    assert.deepEqual(faultsOf({ ...wholeAnswers, allow: ['serpapi:search'], deny: ['openai:chat'] }), []);
  });
});
