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

  for (const malformed of [
    'serpapi',
    'serpapi=',
    'serpapi=ftp://a',
    'Serp-Api=http://a',
    'serpapi=http://a|',
  ]) {
    it(`refuses ${malformed}`, () => assert.equal(adapterUrls().safeParse(malformed).success, false));
  }
});
