import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, it } from 'node:test';
import { clientAddress, originAddress } from './client-address.ts';

const requestOf = (forwardedFor: string | undefined, remoteAddress: string | undefined = '10.0.0.1') =>
  ({ get: () => forwardedFor, socket: { remoteAddress } as Socket }) as unknown as Parameters<
    typeof clientAddress
  >[0];
const addressOf = (...given: Parameters<typeof requestOf>) => clientAddress(requestOf(...given));

describe('the address of a client', () => {
  const rows: readonly [what: string, forwardedFor: string | undefined, expected: string | undefined][] = [
    ['is the one that the edge saw', '203.0.113.7', '203.0.113.7'],
    ['is that of the connection where no edge is', undefined, '10.0.0.1'],
    ['is that of the connection where the header is none', 'evil, 203.0.113.7', '10.0.0.1'],
    ['is its network of 64 bits with IPv6', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['is the IPv4 address that an IPv6 one stands for', '::ffff:203.0.113.7', '203.0.113.7'],
    ['is exempt on this machine', '127.0.0.1', undefined],
    ['is exempt on this machine, by any of its addresses', '127.8.8.8', undefined],
    ['is exempt on this machine by IPv6', '::1', undefined],
  ];
  for (const [what, forwardedFor, expected] of rows) {
    it(what, () => assert.equal(addressOf(forwardedFor), expected));
  }

  it('is counted even if it cannot be known', () => {
    assert.equal(addressOf(undefined, 'nonsense'), 'unknown');
  });
});

describe('the address that a log shows', () => {
  it('is the one that the edge saw, whole', () => {
    for (const address of ['203.0.113.7', '2001:db8:1:2:3:4:5:6', '127.0.0.1'])
      assert.equal(originAddress(requestOf(address)), address);
  });

  it('is that of the connection where the header is none, and says so where neither is one', () => {
    assert.equal(originAddress(requestOf('evil\n203.0.113.7')), '10.0.0.1');
    assert.equal(originAddress(requestOf(undefined, 'nonsense')), 'unknown');
  });
});
