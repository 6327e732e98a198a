import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Facts } from '@4runr/contracts/decision';
import { boundFacts, redactFacts } from './recorded-facts.ts';

const factsOf = (facts: Partial<Facts>): Facts => ({ url: [], model: [], recipient: [], ...facts });

describe('redactFacts', () => {
  const urls: Record<string, string> = {
    'https://example.com/a/b': 'https://example.com/a/b',
    'https://example.com/a?mail=ada@company.com': 'https://example.com/a',
    'https://example.com/#ada': 'https://example.com/',
    'https://ada:secret@example.com/': 'https://example.com/',
    'javascript:ada': '(unreadable)',
    'ada@company.com': '(unreadable)',
  };
  for (const [url, shown] of Object.entries(urls)) {
    it(`shows ${url} as ${shown}`, () => {
      assert.deepEqual(redactFacts(factsOf({ url: [url] })), {
        shown: factsOf({ url: [shown] }),
        isRedacted: url !== shown,
      });
    });
  }

  it('shows of recipients their domain alone, and models as they are', () => {
    const { shown, isRedacted } = redactFacts(
      factsOf({ model: ['gpt-4o'], recipient: ['ada@company.com', 'Ada <ada@company.com>'] }),
    );
    assert.deepEqual(shown, factsOf({ model: ['gpt-4o'], recipient: ['*@company.com', '(unreadable)'] }));
    assert.equal(isRedacted, true);
  });
});

describe('boundFacts', () => {
  it('leaves facts of a usual size as they are', () => {
    const facts = factsOf({ url: ['https://example.com/'] });
    assert.deepEqual(boundFacts(facts), { facts, isCut: false });
  });

  it('keeps no more of a call than its record can bear, and says so', () => {
    const { facts, isCut } = boundFacts(
      factsOf({ recipient: Array.from({ length: 1_000 }, () => 'a'.repeat(10_000)) }),
    );
    assert.equal(isCut, true);
    assert.equal(facts.recipient.length, 50);
    assert.ok(facts.recipient.every(({ length }) => length === 2_048));
  });
});
