import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeTarget } from './target.ts';

describe('two URLs are the same target', () => {
  const rows: Readonly<Record<string, [string, string]>> = {
    'whatever the case of scheme and host': ['HTTPS://Gateway.Test/v1', 'https://gateway.test/v1'],
    'with the default port or without': ['https://gateway.test:443/v1', 'https://gateway.test/v1'],
    'with an empty path or a slash': ['https://gateway.test', 'https://gateway.test/'],
    'whatever the query': ['https://gateway.test/v1?a=b', 'https://gateway.test/v1'],
    'whatever the fragment': ['https://gateway.test/v1#a', 'https://gateway.test/v1'],
    'with dot segments or without': ['https://gateway.test/a/../v1', 'https://gateway.test/v1'],
    'with needless escapes or without': ['https://gateway.test/%76%31%2d', 'https://gateway.test/v1-'],
    'whatever the case of escapes': ['https://gateway.test/a%2fb', 'https://gateway.test/a%2Fb'],
  };
  for (const [name, [one, other]] of Object.entries(rows)) {
    it(name, () => {
      assert.ok(normalizeTarget(one));
      assert.equal(normalizeTarget(one), normalizeTarget(other));
    });
  }
});

describe('two URLs are different targets', () => {
  const rows: Readonly<Record<string, [string, string]>> = {
    'of different schemes': ['http://gateway.test/v1', 'https://gateway.test/v1'],
    'of different hosts': ['https://gateway.test/v1', 'https://gateway.test.evil/v1'],
    'of different ports': ['https://gateway.test:8443/v1', 'https://gateway.test/v1'],
    'of different paths': ['https://gateway.test/v1', 'https://gateway.test/v2'],
    'with a slash at the end or without': ['https://gateway.test/v1/', 'https://gateway.test/v1'],
    'of different case in the path': ['https://gateway.test/V1', 'https://gateway.test/v1'],
    'where an escaped slash is no slash': ['https://gateway.test/a%2Fb', 'https://gateway.test/a/b'],
  };
  for (const [name, [one, other]] of Object.entries(rows)) {
    it(name, () => assert.notEqual(normalizeTarget(one), normalizeTarget(other)));
  }
});

describe('what is no plain HTTP URL is no target', () => {
  for (const text of [
    '',
    '/v1',
    'gateway.test/v1',
    'ftp://gateway.test/',
    'https://user@gateway.test/',
    'data:,x',
  ]) {
    it(JSON.stringify(text), () => assert.equal(normalizeTarget(text), undefined));
  }
});
