import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { openaiAdapter } from '../../adapter.ts';

const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Grüß Gott' }], seed: 7 };
const completion = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4o-mini-2024-07-18',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Servus' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 },
};

describe('openai:chat', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    adapter = await startTestAdapter(openaiAdapter, {
      OPENAI_BASE_URL: provider.url,
      OPENAI_API_KEY: 'sk-1',
    });
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });

  const answerWith = (body: object, status = 200) =>
    provider.play((_request, response) => void response.writeHead(status).end(JSON.stringify(body)));

  it('sends the body as it is, with our key', async () => {
    answerWith(completion);
    const limited = { ...params, max_tokens: 9 };
    await adapter.call('chat', limited);
    const { method, url, headers, body } = provider.seen[0] ?? assert.fail('nothing was sent');
    assert.deepEqual(
      [method, url.pathname, headers.authorization],
      ['POST', '/v1/chat/completions', 'Bearer sk-1'],
    );
    assert.deepEqual(JSON.parse(body), limited);
  });

  it('limits an answer that the caller does not, so that what it costs is bounded', async () => {
    for (const open of [params, { ...params, max_tokens: null, max_completion_tokens: null }]) {
      answerWith(completion);
      await adapter.call('chat', open);
      assert.equal(JSON.parse(provider.seen[0]?.body ?? '').max_completion_tokens, 4_096);
    }
  });

  it('sends nothing that may use more than the permit says', async () => {
    answerWith(completion);
    const spend = (tokens: number) =>
      adapter.call('chat', params, { obligations: [{ type: 'maxCost', costs: { tokens } }] });
    const { body } = await spend(4_000);
    assert.deepEqual([body.code, body.dispatched, provider.seen.length], ['policy.denied', 'no', 0]);
    assert.equal((await spend(5_000)).status, 200);
  });

  it('returns the completion, and its tokens as usage', async () => {
    answerWith(completion);
    const { status, body } = await adapter.call('chat', params);
    assert.deepEqual(
      [status, body],
      [200, { result: completion, usage: { inputTokens: 12, outputTokens: 3 } }],
    );
  });

  it('hands on what OpenAI says of a bad request', async () => {
    const error = {
      message: 'The model does not exist',
      type: 'invalid_request_error',
      code: 'model_not_found',
      param: null,
    };
    answerWith({ error }, 404);
    const { body } = await adapter.call('chat', params);
    assert.deepEqual(
      [body.code, body.upstreamStatus, body.detail],
      ['upstream.rejected', 404, error.message],
    );
  });

  it('hides what OpenAI says of our key', async () => {
    answerWith({ error: { message: 'Incorrect API key provided: sk-1', code: 'invalid_api_key' } }, 401);
    const { body } = await adapter.call('chat', params);
    assert.equal(body.code, 'upstream.rejected');
    assert.ok(!JSON.stringify(body).includes('sk-1'));
  });

  it('takes an answer without choices for a failure of OpenAI', async () => {
    answerWith({ id: 'chatcmpl-1' });
    assert.equal((await adapter.call('chat', params)).body.code, 'upstream.failed');
  });
});
