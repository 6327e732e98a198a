import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isAdapterObligation,
  type Obligation,
  obligationExamples,
  piiKinds,
} from '@4runr/contracts/decision';
import { parseResponsePath, type ResponsePathStep } from '@4runr/contracts/response-path';
import fc from 'fast-check';
import { type AnswerRules, compileAnswerRules } from './answer-rules.ts';
import { filterAnswer } from './filter-answer.ts';

function rulesOf(...obligations: Obligation[]): AnswerRules {
  const rules = compileAnswerRules(obligations);
  assert.ok(rules);
  return rules;
}

const redact = (...paths: string[]): Obligation => ({ type: 'redact', paths });
const truncate = (limits: Record<string, number>): Obligation => ({ type: 'truncate', limits });
const block = (...patterns: string[]): Obligation => ({ type: 'block', patterns });
const pii = (effect: 'deny' | 'redact'): Obligation => ({ type: 'pii', detect: [...piiKinds], effect });
const atMost = (bytes: number): Obligation => ({ type: 'maxResponseBytes', bytes });

/** An answer that passes, as it is handed on. */
function passed(answer: unknown, ...obligations: Obligation[]): unknown {
  const verdict = filterAnswer(rulesOf(...obligations), answer);
  assert.ok(verdict.kind === 'passed', verdict.kind);
  return verdict.answer;
}
const kindOf = (answer: unknown, ...obligations: Obligation[]) =>
  filterAnswer(rulesOf(...obligations), answer).kind;

const gone = '[redacted]';

describe('redaction', () => {
  const rows: Record<string, [paths: string[], answer: unknown, handedOn: unknown]> = {
    'of a member by its path': [['a.b'], { a: { b: 1, c: 2 }, b: 3 }, { a: { b: gone, c: 2 }, b: 3 }],
    'of every member and entry by a star': [
      ['items.*.key'],
      { items: [{ key: 'x' }, { key: null }, 'key'] },
      { items: [{ key: gone }, { key: gone }, 'key'] },
    ],
    'at any depth, none included': [
      ['**.token'],
      { token: 1, a: [{ token: { x: 2 } }] },
      { token: gone, a: [{ token: gone }] },
    ],
    'between two names': [
      ['a.**.z'],
      { z: 1, a: { z: 2, b: { z: 3 } } },
      { z: 1, a: { z: gone, b: { z: gone } } },
    ],
    'of an entry by its index': [['a.1'], { a: ['x', 'y'] }, { a: ['x', gone] }],
    'of nothing, where the path leads nowhere': [['a.b.c'], { a: { b: 'c' } }, { a: { b: 'c' } }],
    'of everything inside': [['*'], { a: 1, b: [2] }, { a: gone, b: gone }],
  };
  for (const [name, [paths, answer, handedOn]] of Object.entries(rows)) {
    it(name, () => assert.deepEqual(passed(answer, redact(...paths)), handedOn));
  }

  it('reaches members whose names every object has', () => {
    const answer: unknown = JSON.parse('{"__proto__": {"token": 1}, "constructor": {"token": 2}}');
    const handedOn = JSON.stringify(passed(answer, redact('**.token')));
    assert.equal(handedOn, `{"__proto__":{"token":"${gone}"},"constructor":{"token":"${gone}"}}`);
  });

  it('leaves the answer as it was for others, who may be obliged to less', () => {
    const answer = { a: { b: 1 } };
    passed(answer, redact('a.b'));
    assert.deepEqual(answer, { a: { b: 1 } });
  });
});

describe('truncation', () => {
  it('keeps the first characters of texts, and never half of one', () => {
    const answer = { content: '😀😀😀', short: 'ab', number: 12345 };
    const limits = truncate({ content: 2, short: 2, number: 1 });
    assert.deepEqual(passed(answer, limits), { content: '😀😀', short: 'ab', number: 12345 });
  });

  it('goes by the shortest of the limits that name a text', () => {
    assert.deepEqual(passed({ a: 'abc' }, truncate({ '*': 2, a: 1, '**.a': 3 })), { a: 'a' });
  });
});

describe('a block', () => {
  const blocked: Record<string, unknown> = {
    'in a text': { a: ['my secret key'] },
    'in the name of a member': { 'the secret': 1 },
    'in the answer itself': 'secret',
  };
  for (const [name, answer] of Object.entries(blocked)) {
    it(`holds for what it fits ${name}`, () =>
      assert.deepEqual(filterAnswer(rulesOf(block('x', 's.cret')), answer), {
        kind: 'blocked',
        by: 'pattern',
      }));
  }

  it('holds for a number as it is written', () => {
    assert.equal(kindOf({ a: 123456 }, block('^123')), 'blocked');
  });

  it('looks at what is left after redaction, and before anything is cut off', () => {
    const answer = { key: 'secret', text: 'the secret' };
    assert.equal(kindOf(answer, block('secret'), redact('key'), truncate({ text: 3 })), 'blocked');
    assert.equal(kindOf(answer, block('secret'), redact('key', 'text')), 'passed');
  });
});

describe('personal data', () => {
  it('that is denied blocks the answer', () => {
    assert.deepEqual(filterAnswer(rulesOf(pii('deny')), { a: ['mail ada@company.com'] }), {
      kind: 'blocked',
      by: 'pii',
    });
    assert.equal(kindOf({ a: 'nobody' }, pii('deny')), 'passed');
  });

  it('is taken out of texts, numbers and names, and what is around it stays', () => {
    const answer = { text: 'ada@company.com, 123-45-6789!', card: 4111111111111111, 'bob@company.com': 1 };
    assert.deepEqual(passed(answer, pii('redact')), {
      text: `${gone}, ${gone}!`,
      card: gone,
      [gone]: 1,
    });
  });

  it('as names of members loses none of what they name', () => {
    const handedOn = passed({ 'ada@company.com': 1, 'bob@company.com': 2 }, pii('redact'));
    assert.deepEqual(handedOn, { [gone]: 1, [`${gone} 1`]: 2 });
  });

  it('is found whole before a text is cut', () => {
    assert.deepEqual(passed({ a: '4111 1111 1111 1111' }, pii('redact'), truncate({ a: 15 })), { a: gone });
  });
});

describe('the longest answer', () => {
  it('is counted in bytes of what would be handed on', () => {
    const answer = { a: 'ä' };
    assert.deepEqual([kindOf(answer, atMost(10)), kindOf(answer, atMost(9))], ['passed', 'too_large']);
    assert.equal(kindOf({ a: 'x'.repeat(100) }, atMost(20), truncate({ a: 1 })), 'passed');
  });
});

describe('any answer', () => {
  const names = ['a', 'b', '0', '__proto__', 'é'];
  const { answers } = fc.letrec((tie) => ({
    answers: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)),
      fc.array(tie('answers'), { maxLength: 4 }),
      fc.array(fc.tuple(fc.constantFrom(...names), tie('answers')), { maxLength: 4 }).map(Object.fromEntries),
    ),
  }));
  const steps = fc.array(fc.constantFrom(...names, '*', '**'), { minLength: 1, maxLength: 5 });
  const paths = steps.map((each) => each.join('.')).filter((path) => isPath(path));
  const limits = fc.dictionary(paths, fc.nat(3), { maxKeys: 3 });

  it('is redacted and cut exactly where the paths, read word by word, say so', () => {
    fc.assert(
      fc.property(
        answers,
        fc.array(paths, { minLength: 1, maxLength: 4 }),
        limits,
        (answer, redacted, cut) => {
          const handedOn = passed(answer, redact(...redacted), truncate(cut));
          assert.deepEqual(handedOn, literally(answer, redacted, cut));
        },
      ),
    );
  });

  it('gets a verdict by every obligation that there is, and one that stays the same', () => {
    const rules = rulesOf(...obligationExamples, pii('redact'), block('a+$'));
    fc.assert(
      fc.property(answers, (answer) => {
        const verdict = filterAnswer(rules, answer);
        assert.deepEqual(filterAnswer(rules, structuredClone(answer)), verdict);
      }),
    );
  });

  it('takes work in proportion to its entries and the steps of the paths', () => {
    fc.assert(
      fc.property(answers, fc.array(paths, { minLength: 1, maxLength: 4 }), (answer, redacted) => {
        const rules = rulesOf(redact(...redacted));
        const pathSteps = redacted.join('.').split('.').length;
        assert.equal(filterAnswer(rules, answer, entriesIn(answer) * (1 + pathSteps)).kind, 'passed');
      }),
    );
  });
});

describe('an answer that is made to be slow', () => {
  it('may be nested a hundred thousand deep', () => {
    let answer: unknown = { token: 'secret' };
    for (let depth = 0; depth < 100_000; depth += 1) answer = { a: answer };
    let innermost = passed(answer, redact('**.token', '**.a.**.a.**.b'), block('never')) as { a?: unknown };
    while (innermost.a !== undefined) innermost = innermost.a as typeof innermost;
    assert.deepEqual(innermost, { token: gone });
  });

  const costly: Record<string, Obligation> = {
    'a pattern': block('(a|b)*c{9}'),
    'personal data': pii('redact'),
  };
  for (const [name, obligation] of Object.entries(costly)) {
    it(`is left before it is looked through for ${name}, when that takes more steps than there are`, () => {
      const rules = rulesOf(obligation);
      const kinds = ['x'.repeat(20_000_000), { ['x'.repeat(20_000_000)]: 1 }].map(
        (answer) => filterAnswer(rules, answer, 1_000_000).kind,
      );
      assert.deepEqual(kinds, ['unfinished', 'unfinished']);
    });
  }

  it('is left when it has more entries than there are steps', () => {
    const answer = Array(1_000).fill([]);
    assert.equal(filterAnswer(rulesOf(redact('**.a')), answer, 1_000).kind, 'unfinished');
  });
});

describe('compileAnswerRules', () => {
  it('knows every type that there is, and leaves those of adapters to them', () => {
    for (const obligation of obligationExamples) {
      const types = compileAnswerRules([obligation])?.obligations.map(({ type }) => type);
      assert.deepEqual(types, isAdapterObligation(obligation) ? undefined : [obligation.type]);
    }
  });

  it('compiles the same obligations once', () => {
    assert.equal(rulesOf(redact('a'), atMost(1)), rulesOf(redact('a'), atMost(1)));
  });

  const impossible: Record<string, Obligation> = {
    'a type that nobody knows': { type: 'shred' } as unknown as Obligation,
    'a path that is none': redact('a..b'),
    'a pattern that cannot be tried in linear time': block('(a)\\1'),
  };
  for (const [name, obligation] of Object.entries(impossible)) {
    it(`refuses ${name}`, () => assert.throws(() => compileAnswerRules([obligation]), TypeError));
  }
});

function isPath(path: string): boolean {
  try {
    return parseResponsePath(path).length > 0;
  } catch {
    return false;
  }
}

function names(steps: readonly ResponsePathStep[], route: readonly string[]): boolean {
  const [step, ...others] = steps;
  const [name, ...further] = route;
  if (step === undefined || name === undefined) return step === undefined && name === undefined;
  if (step.kind === 'any_depth') return names(others, route) || names(steps, further);
  return (step.kind === 'any' || step.name === name) && names(others, further);
}

/** What the paths mean, by trying every path at every place. */
function literally(
  answer: unknown,
  redacted: readonly string[],
  cut: Readonly<Record<string, number>>,
  route: readonly string[] = [],
): unknown {
  const isNamed = (path: string) => names(parseResponsePath(path), route);
  if (redacted.some(isNamed)) return gone;
  if (typeof answer === 'string') {
    const limits = Object.entries(cut).flatMap(([path, limit]) => (isNamed(path) ? [limit] : []));
    return Array.from(answer)
      .slice(0, Math.min(...limits))
      .join('');
  }
  if (typeof answer !== 'object' || answer === null) return answer;
  const inside = ([name, value]: [string, unknown]) => literally(value, redacted, cut, [...route, name]);
  if (Array.isArray(answer)) return Object.entries(answer).map(inside);
  return Object.fromEntries(Object.entries(answer).map((entry) => [entry[0], inside(entry)]));
}

function entriesIn(answer: unknown): number {
  if (typeof answer !== 'object' || answer === null) return 0;
  return Object.values(answer).reduce<number>((sum, value) => sum + 1 + entriesIn(value), 0);
}
