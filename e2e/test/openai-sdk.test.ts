import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { OpenAI } from 'openai';
import { enrolAgent } from './mesh/agents.ts';
import { recordOf } from './mesh/audit.ts';
import { clearFaults, setFault } from './mesh/faults.ts';
import { ask, askAsOperator, stack } from './mesh/gateway.ts';
import { storePolicy } from './mesh/policies.ts';
import { answersOf, arrivals } from './mesh/simulator.ts';

const role = 'e2e-chatting';

/** What an agent's author writes; repeating is off, so that each failure shows as it is. */
const clientOf = (apiKey: string, maxRetries = 0) =>
  new OpenAI({ baseURL: `${stack().edge.http}/openai/v1`, apiKey, maxRetries });

const question = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }],
};
const streamed = { ...question, stream: true as const };
const answered = 'In short: Why is the sky blue?';

const weather = {
  type: 'function' as const,
  function: {
    name: 'weather_of',
    parameters: { type: 'object', properties: { city: { type: 'string' }, days: { type: 'integer' } } },
  },
};

describe('an unmodified OpenAI library, with the edge as its base URL and an access token as its key', () => {
  let openai: OpenAI;
  before(async () => {
    const models = { allow: ['gpt-4o-mini', 'slow', 'failing', 'invalid'] };
    await storePolicy({
      name: role,
      subjects: { roles: [role] },
      allow: ['openai:chat'],
      guards: { models },
    });
    const token = await enrolAgent(role);
    openai = clientOf(token);
    const deadline = AbortSignal.timeout(5_000);
    const list = () => ask('/v1/tools/openai', { headers: { authorization: `Bearer ${token}` } });
    while ((await list()).status !== 200) {
      deadline.throwIfAborted();
      await wait(50);
    }
  });

  it('gets a completion as OpenAI answers it', async () => {
    const { data, request_id: requestId } = await openai.chat.completions.create(question).withResponse();
    assert.deepEqual(Object.keys(data).slice(0, 4), ['id', 'object', 'created', 'model']);
    assert.equal(data.choices[0]?.message.content, answered);
    assert.ok((data.usage?.total_tokens ?? 0) > 0);
    const record = await recordOf(({ traceId }) => traceId === requestId);
    assert.deepEqual(
      [record.tool, record.action, record.outcome, record.status],
      ['openai', 'chat', 'completed', 200],
    );
  });

  it('gets a stream, chunk by chunk, without one that it has not asked for', async () => {
    const { data: stream, request_id: requestId } = await openai.chat.completions
      .create(streamed)
      .withResponse();
    let text = '';
    for await (const chunk of stream) {
      assert.equal(chunk.object, 'chat.completion.chunk');
      assert.equal(chunk.choices.length, 1);
      assert.ok(!Object.hasOwn(chunk, 'usage'));
      text += chunk.choices[0]?.delta.content ?? '';
    }
    assert.equal(text, answered);
    const record = await recordOf(({ traceId }) => traceId === requestId);
    assert.deepEqual([record.outcome, record.status, record.dispatched], ['completed', 200, 'yes']);
  });

  it('gets usage at the end of a stream when it asks for it', async () => {
    const stream = await openai.chat.completions.create({
      ...streamed,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    assert.ok((chunks.at(-1)?.usage?.total_tokens ?? 0) > 0);
  });

  it('lists the models that policy allows of those that have a price', async () => {
    const { data } = await openai.models.list();
    assert.deepEqual(data.map(({ id, object }) => [id, object]).sort(), [
      ['failing', 'model'],
      ['gpt-4o-mini', 'model'],
      ['slow', 'model'],
    ]);
    await assert.rejects(clientOf('sk-none').models.list(), OpenAI.AuthenticationError);
  });

  it('is asked to call a function, whole and streamed, and answers it', async () => {
    const withTools = { ...question, tools: [weather] };
    const whole = await openai.chat.completions.create(withTools);
    const asked = whole.choices[0]?.message.tool_calls?.[0];
    assert.ok(asked?.type === 'function');
    assert.deepEqual(JSON.parse(asked.function.arguments), { city: 'Why is the sky blue?', days: 1 });
    const final = await openai.chat.completions.stream(withTools).finalChatCompletion();
    assert.equal(final.choices[0]?.finish_reason, 'tool_calls');
    assert.deepEqual(final.choices[0].message.tool_calls?.[0]?.id, asked.id);
    const told = await openai.chat.completions.create({
      ...withTools,
      messages: [
        ...question.messages,
        { role: 'assistant', tool_calls: [asked] },
        { role: 'tool', tool_call_id: asked.id, content: 'sunny' },
      ],
    });
    assert.match(told.choices[0]?.message.content ?? '', /sunny/);
  });

  it('hears chunks while others are still to come, and ends the whole way by leaving', async () => {
    const left = await answersOf('openai', 499);
    const { data: stream, request_id: requestId } = await openai.chat.completions
      .create({ ...streamed, model: 'slow' })
      .withResponse();
    for await (const chunk of stream) {
      assert.equal(chunk.choices[0]?.finish_reason, null);
      break;
    }
    const record = await recordOf(({ traceId }) => traceId === requestId);
    assert.deepEqual([record.outcome, record.status, record.dispatched], ['abandoned', 499, 'maybe']);
    assert.equal(await answersOf('openai', 499), left + 1);
  });

  describe('throws its own errors', () => {
    afterEach(clearFaults);
    const thrownBy = async (call: Promise<unknown>): Promise<InstanceType<typeof OpenAI.APIError>> => {
      const thrown = await call.then(
        () => assert.fail('it went well'),
        (error: unknown) => error,
      );
      assert.ok(thrown instanceof OpenAI.APIError, String(thrown));
      return thrown;
    };

    it('for a token that is none', async () => {
      const thrown = await thrownBy(clientOf('sk-none').chat.completions.create(question));
      assert.ok(thrown instanceof OpenAI.AuthenticationError);
      assert.equal(thrown.code, 'token.invalid');
    });

    it('for a model that policy does not allow, streamed or not', async () => {
      for (const body of [question, streamed]) {
        const thrown = await thrownBy(openai.chat.completions.create({ ...body, model: 'gpt-5' }));
        assert.ok(thrown instanceof OpenAI.PermissionDeniedError);
        assert.deepEqual([thrown.code, thrown.type], ['policy.denied', 'invalid_request_error']);
      }
    });

    it('for parameters that do not fit, with the one that is at fault', async () => {
      const messages = [{ role: 'root' as 'user', content: 'Hello' }];
      const thrown = await thrownBy(openai.chat.completions.create({ ...question, messages }));
      assert.ok(thrown instanceof OpenAI.UnprocessableEntityError);
      assert.deepEqual([thrown.code, thrown.param], ['params.invalid', 'messages[0].role']);
    });

    it('for what is not there', async () => {
      const thrown = await thrownBy(openai.embeddings.create({ model: 'gpt-4o-mini', input: 'Hello' }));
      assert.ok(thrown instanceof OpenAI.NotFoundError);
      assert.equal(thrown.code, 'route.unknown');
      assert.match(thrown.requestID ?? '', /^[0-9a-f]{32}$/);
    });

    it('for what OpenAI refuses, once: it is told not to repeat that', async () => {
      const arrived = await arrivals();
      const repeating = clientOf(openai.apiKey ?? '', 2);
      const thrown = await thrownBy(repeating.chat.completions.create({ ...question, model: 'invalid' }));
      assert.deepEqual([thrown.status, thrown.code], [502, 'upstream.rejected']);
      assert.equal(thrown.headers?.get('x-should-retry'), 'false');
      assert.equal(await arrivals(), arrived + 1);
    });

    it('for a stream that breaks off, after the chunks that came', async () => {
      await setFault('openai', { mode: 'truncate', rate: 1 });
      const chunks: unknown[] = [];
      const { data: stream, request_id: requestId } = await openai.chat.completions
        .create(streamed)
        .withResponse();
      const read = async () => {
        for await (const chunk of stream) chunks.push(chunk);
      };
      const thrown = await thrownBy(read());
      assert.deepEqual([thrown.status, thrown.code], [undefined, 'upstream.failed']);
      assert.ok(chunks.length > 0);
      const record = await recordOf(({ traceId }) => traceId === requestId);
      assert.deepEqual(
        [record.outcome, record.code, record.dispatched],
        ['failed', 'upstream.failed', 'yes'],
      );
    });

    it('for what OpenAI tells of in the middle of a stream, in its words, after the chunks that came', async () => {
      const chunks: unknown[] = [];
      const { data: stream, request_id: requestId } = await openai.chat.completions
        .create({ ...streamed, model: 'failing' })
        .withResponse();
      const read = async () => {
        for await (const chunk of stream) chunks.push(chunk);
      };
      const thrown = await thrownBy(read());
      assert.deepEqual([thrown.status, thrown.code], [undefined, 'upstream.failed']);
      assert.match(thrown.message, /The server had an error while processing your request/);
      assert.ok(chunks.length > 0);
      const { outcome, code, dispatched, usage } = await recordOf(({ traceId }) => traceId === requestId);
      assert.deepEqual([outcome, code, dispatched, usage], ['failed', 'upstream.failed', 'yes', undefined]);
    });

    for (const mode of ['error', 'rate_limit', 'reset', 'malformed'] as const) {
      it(`for a stream that does not begin: ${mode}`, async () => {
        await setFault('openai', { mode, rate: 1 });
        const thrown = await thrownBy(openai.chat.completions.create(streamed));
        assert.deepEqual([thrown.status, thrown.code], [502, 'upstream.failed']);
      });
    }
  });
});

describe('policies and streamed answers', () => {
  const redacting = {
    name: 'e2e-redacting',
    subjects: { roles: ['e2e-redacted'] },
    allow: ['openai:chat'],
    response: { redact: ['choices.*.message.content'] },
  };

  it('are not written together where the policy asks what no stream can keep', async () => {
    const answer = await askAsOperator('/v1/policies', 'POST', redacting);
    assert.equal(answer.status, 422, answer.text);
    assert.match(answer.text, /\/response\/redact/);
  });

  it('a policy that denies streams lets whole answers through', async () => {
    await storePolicy({ ...redacting, guards: { streaming: 'deny' } });
    const openai = clientOf(await enrolAgent('e2e-redacted'));
    const deadline = AbortSignal.timeout(5_000);
    const whole = () => openai.chat.completions.create(question).catch(() => undefined);
    let completion = await whole();
    for (; completion === undefined; completion = await whole()) deadline.throwIfAborted();
    assert.equal(completion.choices[0]?.message.content, '[redacted]');
    await assert.rejects(openai.chat.completions.create(streamed), { code: 'policy.denied' });
  });
});
