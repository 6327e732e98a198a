import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseTrustedProxies } from './trusted-proxies.ts';

describe('the proxies ahead of the edge', () => {
  it('are addresses and networks of both versions of IP', () => {
    assert.deepEqual(parseTrustedProxies(' 192.0.2.1, 10.1.0.0/16,,2001:db8::1,2001:db8::/32 '), [
      '192.0.2.1',
      '10.1.0.0/16',
      '2001:db8::1',
      '2001:db8::/32',
    ]);
    assert.deepEqual(parseTrustedProxies(''), []);
  });

  const refused = [
    'proxy.test',
    'unix:',
    'all',
    '10.1',
    '10.1.0.256',
    '10.1.0.0/33',
    '10.1.0.0/08',
    '10.1.0.0/',
    '2001:db8::/129',
    'fe80::1%eth0',
    '10.1.0.1; deny all',
    '0.0.0.0/0',
    '::/0',
  ];
  for (const proxy of refused) {
    it(`are never ${proxy}, which is refused by name`, () => {
      assert.throws(
        () => parseTrustedProxies(`192.0.2.1,${proxy}`),
        (error: Error) => error.message.startsWith(`EDGE_TRUSTED_PROXIES holds "${proxy}"`),
      );
    });
  }
});
