import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { actionCostSchema, boundCosts, chatCostExample, exceedsCosts, usedCosts } from './index.ts';

const chat = (more: object = {}) => ({
  model: 'gpt-4o-mini',
  messages: [{ role: 'user', content: 'Grüß Gott' }],
  max_tokens: 50,
  ...more,
});
const bytesOf = (params: object) => Buffer.byteLength(JSON.stringify(params));

describe('the bound of a call’s costs', () => {
  it('is what the request’s bytes, the provider’s additions and the allowed answer come to', () => {
    const params = chat();
    const input = bytesOf(params) + 100;
    assert.deepEqual(boundCosts(chatCostExample, params), {
      tokens: input + 50,
      usdMicros: Math.ceil((input * 15 + 50 * 60) / 100),
    });
  });

  const outputs: [guarantee: string, params: object, output: number][] = [
    ['the default where the caller gives no limit', { max_tokens: null }, 4_096],
    ['the larger of two limits', { max_completion_tokens: 60 }, 60],
    ['that of every answer', { n: 3 }, 150],
  ];
  for (const [guarantee, change, output] of outputs)
    it(`counts as output ${guarantee}`, () => {
      const params = chat(change);
      assert.equal(boundCosts(chatCostExample, params).tokens, bytesOf(params) + 100 + output);
    });

  it('counts what an image may be, whatever the length of its address', () => {
    const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
    const params = chat({ messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, image] }] });
    assert.equal(boundCosts(chatCostExample, params).tokens, bytesOf(params) + 100 + 48_169 + 50);
  });

  const unbounded: [guarantee: string, params: object][] = [
    ['something whose length says nothing', { messages: [{ role: 'user', content: [{ type: 'file' }] }] }],
    ['a value that every object has', { service_tier: 'constructor' }],
    ['a value that is no text', { service_tier: 1 }],
    ['a limit that is none', { max_tokens: '50' }],
    ['a limit of nothing', { max_tokens: -1 }],
    ['more than there are numbers for', { max_tokens: Number.MAX_SAFE_INTEGER, n: 2 }],
  ];
  for (const [guarantee, params] of unbounded)
    it(`is none with ${guarantee}`, () => assert.deepEqual(boundCosts(chatCostExample, chat(params)), {}));

  it('is of tokens alone where nobody knows the price of the model', () => {
    for (const model of ['gpt-5', 'constructor', undefined]) {
      const costs = boundCosts(chatCostExample, chat({ model }));
      assert.equal(costs.usdMicros, undefined);
      assert.ok((costs.tokens ?? 0) > 0);
    }
  });

  it('is a price for each call where an action has one', () => {
    assert.deepEqual(boundCosts({ usdMicrosPerCall: 15_000 }, { q: 'tea' }), { usdMicros: 15_000 });
    assert.deepEqual(boundCosts(undefined, { q: 'tea' }), {});
  });

  /**
   * No encoding by bytes makes more tokens of a text than it has bytes; each message costs four more, each name one, and each
   * answer is begun with three (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken). Tools are told to the
   * model in less than their JSON, their descriptions and names word for word.
   */
  it('is never below the most that any tokenizer makes of a request, whatever the texts', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        '👩‍👩‍👧‍👦'.repeat(9),
        '漢字仮名交じり文',
        'if (a) {\n\treturn "\\u0000";\n}',
        '\u0000\u0001"\\',
      ),
    );
    const message = fc.record(
      { role: fc.constantFrom('system', 'user', 'tool'), content: text, name: text },
      { requiredKeys: ['role', 'content'] },
    );
    const tool = fc.record({
      type: fc.constant('function'),
      function: fc.record({ name: text, description: text }),
    });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1 }), fc.array(tool), (messages, tools) => {
        const worst =
          messages.reduce((sum, { role, content, name }) => {
            const named = name === undefined ? 0 : utf8(name) + 1;
            return sum + utf8(role) + utf8(content) + named + 4;
          }, 3) +
          tools.reduce(
            (sum, { function: { name, description } }) => sum + utf8(name) + utf8(description) + 12,
            0,
          );
        const bound = boundCosts(chatCostExample, chat({ messages, tools, max_tokens: 1 })).tokens;
        assert.ok((bound ?? 0) - 1 >= worst, `${bound} is less than ${worst}`);
      }),
    );
  });
});

const utf8 = (text: string) => Buffer.byteLength(text);

describe('what a call has used', () => {
  it('is its tokens at the price of its model', () => {
    const used = usedCosts(chatCostExample, chat(), { inputTokens: 12, outputTokens: 3 });
    assert.deepEqual(used, { tokens: 15, usdMicros: 4 });
  });

  it('is not known where the provider does not say', () => {
    assert.deepEqual(usedCosts(chatCostExample, chat(), { inputTokens: 12 }), {});
    assert.deepEqual(usedCosts({ usdMicrosPerCall: 15_000 }, {}, {}), { usdMicros: 15_000 });
  });

  it('exceeds a bound where it is more of any cost', () => {
    assert.equal(exceedsCosts({ tokens: 10 }, { tokens: 10, usdMicros: 1 }), false);
    assert.equal(exceedsCosts({ tokens: 10, usdMicros: 2 }, { tokens: 10, usdMicros: 1 }), true);
    assert.equal(exceedsCosts({ tokens: 10 }, {}), false);
  });
});

describe('the declaration of costs', () => {
  it('travels as JSON', () => {
    assert.deepEqual(actionCostSchema.parse(JSON.parse(JSON.stringify(chatCostExample))), chatCostExample);
  });
  it('says something', () => assert.equal(actionCostSchema.safeParse({}).success, false));
  it('has no prices that are negative or not whole', () => {
    for (const usdMicrosPerCall of [-1, 0.5])
      assert.equal(actionCostSchema.safeParse({ usdMicrosPerCall }).success, false);
  });
});
