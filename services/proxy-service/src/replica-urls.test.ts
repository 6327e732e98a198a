import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterUrls } from './replica-urls.ts';

describe('ADAPTERS', () => {
  it('gives every tool its replicas', () => {
    const urls = adapterUrls().parse('serpapi=http://a:1|http://b:2,http_fetch=http://c:3/');
    assert.deepEqual(
      [...urls],
      [
        ['serpapi', ['http://a:1', 'http://b:2']],
        ['http_fetch', ['http://c:3']],
      ],
    );
  });

  const malformed = {
    'a tool without a URL': 'serpapi',
    'an empty URL': 'serpapi=',
    'another scheme': 'serpapi=ftp://a',
    'a name that is no tool’s': 'Serp-Api=http://a',
    'a name that is too long': `${'s'.repeat(64)}=http://a`,
    'an empty replica': 'serpapi=http://a|',
    'a tool that stands there twice': 'serpapi=http://a,serpapi=http://b',
  };
  for (const [guarantee, text] of Object.entries(malformed)) {
    it(`refuses ${guarantee}`, () => assert.equal(adapterUrls().safeParse(text).success, false));
  }
});
