import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type ProviderScript,
  startTestAdapter,
  startTestProvider,
  type TestAdapter,
  type TestProvider,
} from '@4runr/adapter-kit/testing';
import { headers } from '@4runr/contracts/headers';
import { openaiAdapter } from '../../adapter.ts';

const params = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Grüß Gott' }], stream: true };
const chunkOf = (more: object) => JSON.stringify({ id: 'chatcmpl-1', choices: [{ index: 0 }], ...more });
const hello = chunkOf({ usage: null });
const tokens = chunkOf({ choices: [], usage: { prompt_tokens: 12, completion_tokens: 3 } });
const eventsOf = (...datas: string[]) => datas.map((data) => `data: ${data}\n\n`).join('');

describe('openai:chat, streamed', () => {
  let provider: TestProvider;
  let adapter: TestAdapter;
  before(async () => {
    provider = await startTestProvider();
    const settings = { OPENAI_BASE_URL: provider.url, OPENAI_API_KEY: 'sk-1' };
    adapter = await startTestAdapter(openaiAdapter, settings);
  });
  after(async () => {
    await adapter.close();
    await provider.close();
  });
  beforeEach(() =>
    provider.play((_request, response) => void response.end(eventsOf(hello, tokens, '[DONE]'))),
  );

  const play = (script: (response: Parameters<ProviderScript>[1]) => void) =>
    provider.play((_request, response) => script(response));

  async function ask(asked: object, signal?: AbortSignal): Promise<Response> {
    return fetch(`${adapter.url}/actions/chat`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adapter.meshToken()}`,
        [headers.permit]: adapter.permit('chat', { ...asked }),
        'content-type': 'application/json',
      },
      body: JSON.stringify({ callId: 'call_test', params: asked }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  async function lastOf(
    answer: Response,
  ): Promise<{ type: string | undefined; data: Record<string, unknown> }> {
    const last = (await answer.text()).trimEnd().split('\n\n').at(-1) ?? '';
    const [, type, data = '{}'] = /^event: (\w+)\ndata: (.*)$/.exec(last) ?? [];
    return { type, data: JSON.parse(data) };
  }

  it('counts tokens, of which one who did not ask for them sees nothing', async () => {
    const answer = await ask(params);
    const text = await answer.text();
    assert.ok(text.startsWith(eventsOf(chunkOf({}))), text);
    assert.match(text, /\n\nevent: end\ndata: \{"usage":\{"inputTokens":12,"outputTokens":3\}/);
    assert.equal(text.split('\n\n').length, 3);
    assert.deepEqual(JSON.parse(provider.seen[0]?.body ?? '').stream_options, { include_usage: true });
  });

  it('limits an answer that the caller does not, so that what it costs is bounded', async () => {
    const limitOf = async (asked: object) => {
      await (await ask(asked)).text();
      const { max_tokens, max_completion_tokens } = JSON.parse(provider.seen.at(-1)?.body ?? '');
      return { max_tokens, max_completion_tokens };
    };
    const limits = { max_tokens: undefined, max_completion_tokens: undefined };
    assert.deepEqual(await limitOf(params), { ...limits, max_completion_tokens: 4_096 });
    assert.deepEqual(await limitOf({ ...params, max_tokens: 9 }), { ...limits, max_tokens: 9 });
  });

  it('begins nothing that may use more than the permit says', async () => {
    const obligations = [{ type: 'maxCost' as const, costs: { tokens: 4_000 } }];
    const { status, body } = await adapter.call('chat', params, { obligations });
    assert.deepEqual([status, body.code, body.dispatched], [403, 'policy.denied', 'no']);
    assert.equal(provider.seen.length, 0);
  });

  it('hands chunks on as OpenAI wrote them to one who asked for usage', async () => {
    const answer = await ask({ ...params, stream_options: { include_usage: true } });
    assert.ok((await answer.text()).startsWith(eventsOf(hello, tokens)));
  });

  it('answers a refusal as it answers one of a whole completion', async () => {
    play((response) => void response.writeHead(400).end('{"error":{"message":"no"}}'));
    const answer = await ask(params);
    const problem = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual([answer.status, problem.code, problem.detail], [502, 'upstream.rejected', 'no']);
  });

  it('is a failure of OpenAI where nothing of it can be read', async () => {
    play((response) => void response.end(Buffer.from([0xff])));
    const answer = await ask(params);
    assert.deepEqual(
      [answer.status, ((await answer.json()) as { code: string }).code],
      [502, 'upstream.failed'],
    );
  });

  const broken: Readonly<Record<string, ProviderScript>> = {
    'the connection breaks off': (_request, response) =>
      void response.write(eventsOf(hello), () => response.destroy()),
    'it ends before it says so': (_request, response) => void response.end(eventsOf(hello)),
    'a chunk is no JSON': (_request, response) => void response.end(eventsOf(hello, '{"id":')),
    'a chunk is no chunk': (_request, response) => void response.end(eventsOf(hello, '{}')),
    'OpenAI tells of an error': (_request, response) =>
      void response.end(eventsOf(hello, '{"error":{"message":"sorry"}}')),
  };
  for (const [how, script] of Object.entries(broken)) {
    it(`ends with upstream.failed, which was sent, where ${how}`, async () => {
      provider.play(script);
      const { type, data } = await lastOf(await ask(params));
      const problem = data.problem as Record<string, unknown>;
      assert.deepEqual([type, problem.code, problem.dispatched], ['problem', 'upstream.failed', 'yes']);
    });
  }

  it('hands on what OpenAI says of a failure in the middle, and its code to operators', async () => {
    const error = {
      message: 'The server had an error. Sorry!',
      type: 'server_error',
      param: null,
      code: null,
    };
    play((response) => void response.end(eventsOf(hello, JSON.stringify({ error }), '[DONE]')));
    const problem = (await lastOf(await ask(params))).data.problem as Record<string, unknown>;
    assert.deepEqual(
      [problem.code, problem.detail, problem.upstreamCode, problem.upstreamStatus],
      ['upstream.failed', 'The server had an error. Sorry!', 'server_error', undefined],
    );
  });

  it('answers a failure that comes in place of a first chunk as one of a whole completion', async () => {
    play((response) => void response.end(eventsOf('{"error":{"message":"sorry","code":"overloaded"}}')));
    const answer = await ask(params);
    const problem = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [answer.status, problem.code, problem.detail, problem.upstreamCode, problem.dispatched],
      [502, 'upstream.failed', 'sorry', 'overloaded', 'yes'],
    );
  });

  it('ends the request to OpenAI when the caller leaves', async () => {
    const left = Promise.withResolvers<void>();
    play((response) => {
      response.once('close', left.resolve);
      response.write(eventsOf(hello));
    });
    const leaving = new AbortController();
    const answer = await ask(params, leaving.signal);
    await answer.body?.getReader().read();
    leaving.abort();
    await left.promise;
  });
});
