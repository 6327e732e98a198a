import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type PiiKind, piiKinds } from '@4runr/contracts/decision';
import { findPii, holdsPii } from './index.ts';

const found = (text: string, kind: PiiKind) =>
  findPii(text, [kind]).map(({ start, end }) => text.slice(start, end));

/** What is found in each text. */
const rows: Record<PiiKind, [text: string, found: string[]][]> = {
  email: [
    ['write to ada@company.com.', ['ada@company.com']],
    ['<a.b+c@mail.example.co.uk>, x@y.org', ['a.b+c@mail.example.co.uk', 'x@y.org']],
    ['mailto:ada@company.com?subject=x', ['ada@company.com']],
    ['jörg@müller.de', ['jörg@müller.de']],
    ['ada@company.com.2024', ['ada@company.com']],
    ['ada@localhost, @ada, ada@, a @ b, 1@2.3', []],
    ['npm i @scope/pkg@1.2.3', []],
  ],
  phone: [
    ['call +44 20 7946 0958 now', ['+44 20 7946 0958']],
    ['+1 (555) 123-4567', ['+1 (555) 123-4567']],
    ['(212) 555-0100, 212.555.0100', ['(212) 555-0100', '212.555.0100']],
    ['+999 123 456 789', []],
    ['+44 1', []],
    ['id 2125550100, 2024-10-09, 10.0.0.1', []],
    ['1212-555-01000', []],
  ],
  ssn: [
    ['ssn 123-45-6789.', ['123-45-6789']],
    ['123 45 6789', ['123 45 6789']],
    ['000-12-3456 666-12-3456 900-12-3456 123-00-4567 123-45-0000', []],
    ['123-45 6789, 123456789, 1123-45-6789, 123-45-67890, 9-123-45-6789', []],
  ],
  credit_card: [
    ['4111 1111 1111 1111', ['4111 1111 1111 1111']],
    ['card=5555-5555-5555-4444;', ['5555-5555-5555-4444']],
    ['378282246310005 and 30569309025904', ['378282246310005', '30569309025904']],
    ['4111 1111 1111 1111 12/26 123', ['4111 1111 1111 1111']],
    ['17 4111 1111 1111 1111', ['4111 1111 1111 1111']],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1']],
    ['4111 1111 1111 1112', []],
    ['0000 0000 0000 0000', []],
    ['94111111111111111', []],
  ],
};

describe('findPii', () => {
  for (const kind of piiKinds) {
    for (const [text, expected] of rows[kind]) {
      it(`finds ${expected.length === 0 ? `no ${kind}` : expected.join(' and ')} in “${text}”`, () => {
        assert.deepEqual(found(text, kind), expected);
        assert.equal(holdsPii(text, [kind]), expected.length > 0);
      });
    }
  }

  it('names the kinds, from left to right', () => {
    const text = '123-45-6789, ada@company.com, 4111111111111111';
    assert.deepEqual(
      findPii(text, ['email', 'credit_card', 'ssn']).map(({ kind }) => kind),
      ['ssn', 'email', 'credit_card'],
    );
  });

  it('finds nothing of kinds that were not asked for', () => {
    assert.deepEqual(findPii('ada@company.com', ['ssn']), []);
    assert.deepEqual(findPii('ada@company.com', []), []);
  });

  it('gives no place twice, though it looks like two things', () => {
    const text = '+4111111111111111';
    assert.equal(findPii(text, piiKinds).length, 1);
  });
});

describe('texts that are made to be slow', () => {
  const size = 1_000_000;
  const texts: Record<string, string> = {
    'letters without end': 'a'.repeat(size),
    'letters that almost are addresses': 'a@'.repeat(size / 2),
    'dots and an at sign': `${'a.'.repeat(size / 4)}@${'a.'.repeat(size / 4)}`,
    'digits without end': '4'.repeat(size),
    'single digits': '4 '.repeat(size / 2),
    'separators without end': '+()'.repeat(size / 3),
    'phone numbers of no country': '+999123456789 '.repeat(size / 14),
  };
  for (const [name, text] of Object.entries(texts)) {
    it(`${name} are read in time`, { timeout: 10_000 }, () => void findPii(text, piiKinds));
  }

  it('what is more than can be looked up counts as a phone number', () => {
    assert.equal(findPii('+999123456789 '.repeat(1_001), ['phone']).length, 1);
  });
});
