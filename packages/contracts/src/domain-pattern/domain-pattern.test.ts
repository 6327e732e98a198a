import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { domainPatternSchema, matchesDomain, parseDomainPattern } from './index.ts';

const matches = (pattern: string, host: string): boolean => matchesDomain(parseDomainPattern(pattern), host);

describe('matchesDomain', () => {
  const fitting: [pattern: string, host: string][] = [
    ['example.com', 'example.com'],
    ['Example.COM', 'example.com'],
    ['example.com', 'EXAMPLE.com'],
    ['example.com', 'example.com.'],
    ['example.com.', 'example.com'],
    ['*.wikipedia.org', 'en.wikipedia.org'],
    ['*.wikipedia.org', 'a.b.wikipedia.org'],
    ['*.wikipedia.org', 'en.wikipedia.org.'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['192.0.2.1', '192.0.2.1'],
    ['0xC0000201', '192.0.2.1'],
    ['[2001:DB8::1]', '[2001:db8::1]'],
    ['*', 'anything.example'],
  ];
  for (const [pattern, host] of fitting) {
    it(`lets ${pattern} cover ${host}`, () => assert.equal(matches(pattern, host), true));
  }

  const foreign: [pattern: string, host: string][] = [
    ['example.com', 'www.example.com'],
    ['example.com', 'example.com.evil.test'],
    ['example.com', 'notexample.com'],
    ['*.wikipedia.org', 'wikipedia.org'],
    ['*.wikipedia.org', 'evilwikipedia.org'],
    ['*.wikipedia.org', 'en.wikipedia.org.evil.test'],
    ['*.wikipedia.org', '.'],
    ['192.0.2.1', '192.0.2.10'],
  ];
  for (const [pattern, host] of foreign) {
    it(`does not let ${pattern} cover ${host}`, () => assert.equal(matches(pattern, host), false));
  }
});

describe('parseDomainPattern', () => {
  const malformed = [
    '',
    '*.',
    '**',
    '*.*.com',
    'a.*.com',
    'https://example.com',
    'example.com:443',
    'example.com/x',
  ];
  malformed.push(
    'user@example.com',
    'exa mple.com',
    '*example.com',
    '*.10.0.0.1',
    '*.[::1]',
    '[::1',
    'a%00b',
    '.',
  );
  for (const text of malformed) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseDomainPattern(text), TypeError);
      assert.equal(domainPatternSchema.safeParse(text).success, false);
    });
  }

  it('is what the schema accepts', () => {
    assert.equal(domainPatternSchema.parse('*.wikipedia.org'), '*.wikipedia.org');
  });
});
