import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { compileCondition } from './condition.ts';
import { toConditionValue } from './condition-variables.ts';

/** Whether a condition is true of a call with these parameters. */
function isTrue(text: string, params: unknown = {}): boolean {
  const input = toConditionValue(params);
  if (input === undefined) throw new Error('too large a call');
  return compileCondition(text).isTrue({
    params: input,
    intent: 'audit',
    agent: { id: 'agt_1', role: 'analyst' },
    tool: 'serpapi',
    action: 'search',
    now: timestampFromDate(new Date('2026-03-29T01:30:05Z')),
    facts: { url: ['https://example.com/'], model: [], recipient: [] },
  });
}

const params = {
  q: 'opening hours',
  num: 10,
  share: 0.5,
  tags: ['a', 'b'],
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'be brief' },
  ],
  empty: null,
};

describe('compileCondition', () => {
  const truths = [
    'size(params.q) <= 200',
    'params.q.contains("hours") && params.q.startsWith("open") && params.q.endsWith("s")',
    'params.q.matches("^[a-z ]+$")',
    'params.num <= 10 && params.num == 10 && params.share < 1',
    'int(params.num) % 2 == 0',
    '!has(params.location) && has(params.q)',
    '"a" in params.tags && !("c" in params.tags)',
    'params.messages.all(m, m.role in ["user", "system"])',
    'params.messages.exists(m, params.tags.exists(t, m.content.contains(t)) || m.role == "user")',
    'params.messages.exists_one(m, m.role == "system")',
    'params.messages.map(m, m.role) == ["user", "system"]',
    'params.messages.filter(m, m.role == "user").size() == 1',
    'intent == "audit" && agent.id == "agt_1" && agent.role == "analyst"',
    'tool == "serpapi" && action == "search"',
    'facts.url.size() == 1 && facts.url[0].startsWith("https:")',
    'now >= timestamp("2026-01-01T00:00:00Z") && now < timestamp("2027-01-01T00:00:00Z")',
    'now - timestamp("2026-03-29T00:00:00Z") < duration("2h")',
    'now.getHours() == 1 && now.getMinutes() == 30 && now.getSeconds() == 5',
    'now.getDayOfWeek() == 0 && now.getDate() == 29 && now.getMonth() == 2 && now.getFullYear() == 2026',
    'params.empty == null',
    'params.num > 5 ? params.q != "" : false',
    '{"a": 1}["a"] == 1',
    'true',
  ];
  for (const text of truths) {
    it(`is met: ${text}`, () => assert.equal(isTrue(text, params), true));
  }

  const untruths = {
    'what is false': 'size(params.q) > 200',
    'a member that the call has not': 'params.location == "x"',
    'a value of another type': 'params.q < 3',
    'no truth value': 'params.q',
    'a member that JavaScript adds': 'has(params.constructor) || has(params.toString)',
    'a division by nothing': 'int(params.num) / 0 == 1',
    'an error whose opposite is asked for': '!(params.location == "x")',
  };
  for (const [name, text] of Object.entries(untruths)) {
    it(`is not met by ${name}: ${text}`, () => assert.equal(isTrue(text, params), false));
  }

  const refused: Record<string, [text: string, message: RegExp]> = {
    'what is not CEL': ['params.q ==', /^is not CEL: /],
    'an unknown variable': ['request.q == "x"', /names request; there are params, intent/],
    'the variable of a loop outside of it': ['params.a.all(x, true) && x', /names x/],
    'an unknown member of what always has the same': ['agent.name == "x"', /names agent\.name/],
    'an unknown function': ['lower(params.q) == "x"', /calls the function lower of 1/],
    'a function as a method': ['params.q.int() == 1', /calls the method int/],
    'too many operands': ['size(params.q, 1) == 1', /calls the function size of 2/],
    'a message': ['google.protobuf.Value{} == 1', /no type here/],
    'a pattern from the call': ['"x".matches(params.pattern)', /not written out/],
    'a pattern that looks ahead': ['params.q.matches("a(?=b)")', /is none, or too large/],
    'a pattern of a large program': ['params.q.matches("\\\\pL{1000}")', /is none, or too large/],
    'a number': ['1 + 1', /never true or false/],
    'a list': ['params.tags.map(t, t == "a")', /never true or false/],
    'a text': ['intent', /never true or false/],
    'loops three deep': ['params.a.all(x, x.all(y, y.all(z, z)))', /loops more than 2 deep/],
    'more than 500 parts': [Array(252).fill('1').join('+').concat('==1'), /more than 500 parts/],
    'more than 50 levels': [`${'['.repeat(50)}${']'.repeat(50)} == 1`, /nested more than 50 deep/],
    'more levels than can be read': [`${'('.repeat(990)}true${')'.repeat(990)}`, /nested too deeply/],
  };
  for (const [name, [text, message]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => assert.throws(() => compileCondition(text), { name: 'TypeError', message }));
  }
});

describe('conditions of calls that are made to be slow', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => index);
  const long = 'a'.repeat(4_000_000);
  const slow: Record<string, [text: string, params: object]> = {
    'a loop over much': ['params.l.all(x, x >= 0)', { l: many }],
    'a loop in a loop': ['params.l.all(x, params.l.all(y, x + y >= 0))', { l: many.slice(0, 1_000) }],
    'a loop in a loop that ends at its first turn, over a list that is read all the same': [
      'params.l.all(x, params.l.exists(y, true))',
      { l: many.slice(0, 1_000) },
    ],
    'a loop whose every turn fails': ['params.l.exists(x, x.y == 1) || params.l[0] == 0', { l: many }],
    'lists that grow': ['params.l.map(x, x).size() > 0', { l: many.slice(0, 5_000) }],
    'texts that are searched again and again': [
      'params.l.all(x, !params.q.contains("b"))',
      { q: long, l: many.slice(0, 100) },
    ],
    'texts that are added up': [
      'params.l.all(x, (params.q + params.q) != "")',
      { q: long, l: many.slice(0, 9) },
    ],
    'values that are compared in depth': [
      'params.l.all(x, params.m == params.n)',
      { l: many.slice(0, 100), m: [many.slice(0, 5_000)], n: [many.slice(0, 5_000)] },
    ],
    'a long text and a large pattern': ['!params.q.matches("(x+x+)+y.{0,200}$")', { q: long }],
  };
  const small = { l: [0, 1], q: 'a', m: [[0]], n: [[0]] };
  for (const [name, [text, hostile]] of Object.entries(slow)) {
    it(`${name} are not met, as they are by small calls: the steps are used up`, () => {
      assert.equal(isTrue(text, small), true);
      assert.equal(isTrue(text, hostile), false);
    });
  }

  it('is not met even where the rest would do without what failed', () => {
    assert.equal(isTrue('params.l.all(x, x >= 0) || true', { l: many }), false);
  });

  it('a condition after one that ran out of steps has all of its own', () => {
    isTrue('params.l.all(x, x >= 0)', { l: many });
    assert.equal(isTrue('params.l.all(x, x >= 0)', { l: many.slice(0, 1_000) }), true);
  });

  it('parameters of more than 50,000 values, or deeper than 200, cannot be looked at', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    assert.equal(toConditionValue({ l: Array(50_001).fill(0) }), undefined);
    assert.equal(toConditionValue(nested(201)), undefined);
    assert.notEqual(toConditionValue(nested(200)), undefined);
  });
});
