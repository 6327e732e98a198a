import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type MailAddress,
  matchesRecipient,
  parseMailAddress,
  parseRecipientPattern,
  type RecipientPattern,
  recipientPatternSchema,
} from './index.ts';

const matches = (pattern: string, recipient: string): boolean =>
  covers(parseRecipientPattern(pattern), parseMailAddress(recipient));
const covers = (pattern: RecipientPattern, address: MailAddress | undefined): boolean =>
  address !== undefined && matchesRecipient(pattern, address);

describe('matchesRecipient', () => {
  const fitting: [pattern: string, recipient: string][] = [
    ['*@company.com', 'ada@company.com'],
    ['*@company.com', 'ada.lovelace+news@company.com'],
    ['*@company.com', 'ada@COMPANY.com'],
    ['*@Company.com', 'ada@company.com'],
    ['ada@company.com', 'ada@company.com'],
    ['*@bücher.example', 'ada@xn--bcher-kva.example'],
    ['*@mail.company.com', 'ada@mail.company.com'],
  ];
  for (const [pattern, recipient] of fitting) {
    it(`lets ${pattern} cover ${recipient}`, () => assert.equal(matches(pattern, recipient), true));
  }

  const foreign: [pattern: string, recipient: string][] = [
    ['*@company.com', 'ada@mail.company.com'],
    ['*@company.com', 'ada@evilcompany.com'],
    ['*@company.com', 'ada@company.com.evil.test'],
    ['*@company.com', 'ada@company.com.'],
    ['*@company.com', 'ada@company.com@evil.test'],
    ['*@company.com', 'ada@evil.test@company.com'],
    ['*@company.com', 'ada@evil.test,eve@company.com'],
    ['*@company.com', 'ada@evil.test, eve@company.com'],
    ['*@company.com', 'ada@evil.test;eve@company.com'],
    ['*@company.com', 'Ada <ada@company.com>'],
    ['*@company.com', '<ada@company.com>'],
    ['*@company.com', '"ada@company.com" <eve@evil.test>'],
    ['*@company.com', '"ada"@company.com'],
    ['*@company.com', 'ada(comment)@company.com'],
    ['*@company.com', 'ada@company.com\r\nBcc: eve@evil.test'],
    ['*@company.com', 'ada@company.com\n'],
    ['*@company.com', '\tada@company.com'],
    ['*@company.com', ' ada@company.com'],
    ['*@company.com', 'ada\0@company.com'],
    ['*@company.com', 'eve%evil.test@company.com'],
    ['*@company.com', 'evil.test!eve@company.com'],
    ['*@company.com', 'ada@[192.0.2.1]'],
    ['*@company.com', 'ada@ｃompany.com'],
    ['*@company.com', 'ädä@company.com'],
    ['*@company.com', '.ada@company.com'],
    ['*@company.com', 'a..b@company.com'],
    ['*@company.com', '@company.com'],
    ['*@company.com', '*@company.com'],
    ['*@company.com', 'ada'],
    ['*@company.com', ''],
    ['*@company.com', `${'a'.repeat(65)}@company.com`],
    ['ada@company.com', 'eve@company.com'],
    ['ada@company.com', 'Ada@company.com'],
  ];
  for (const [pattern, recipient] of foreign) {
    it(`does not let ${pattern} cover ${JSON.stringify(recipient)}`, () =>
      assert.equal(matches(pattern, recipient), false));
  }
});

describe('parseRecipientPattern', () => {
  const malformed = [
    '',
    '*',
    '@',
    '*@',
    '*@*',
    '*@*.company.com',
    '*ada@company.com',
    'a@b@c.com',
    '*@company',
    '*@192.0.2.1',
  ];
  malformed.push(
    '*@company.com/x',
    '*@company.com:25',
    '*@company com',
    'Ada <ada@company.com>',
    '*@company.com@',
    '**@company.com',
  );
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseRecipientPattern(text), TypeError);
      assert.equal(recipientPatternSchema.safeParse(text).success, false);
    });
  }
});
