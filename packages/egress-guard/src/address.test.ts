import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isPublicAddress } from './address.ts';

describe('isPublicAddress', () => {
  const refused: [address: string, why: string][] = [
    ['0.0.0.0', 'this host'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['100.64.0.1', 'carrier-grade NAT'],
    ['100.100.100.200', 'metadata of Alibaba Cloud'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['168.63.129.16', 'WireServer of Azure'],
    ['169.254.0.1', 'link-local'],
    ['169.254.169.254', 'metadata of most clouds'],
    ['169.254.170.2', 'credentials of ECS tasks'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.192', 'metadata of Oracle Cloud'],
    ['192.0.2.1', 'documentation'],
    ['192.31.196.1', 'AS112'],
    ['192.52.193.1', 'AMT'],
    ['192.88.99.1', '6to4 relay'],
    ['192.168.255.255', 'private'],
    ['192.175.48.1', 'AS112'],
    ['198.18.0.1', 'benchmark'],
    ['198.19.255.255', 'benchmark'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.255', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped'],
    ['::ffff:8.8.8.8', 'IPv4-mapped, even of a public address'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::127.0.0.1', 'NAT64'],
    ['64:ff9b:1::1', 'local-use NAT64'],
    ['100::1', 'discard'],
    ['2001::1', 'Teredo'],
    ['2001:2::1', 'benchmark'],
    ['2001:10::1', 'ORCHID'],
    ['2001:20::1', 'ORCHIDv2'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::', '6to4 of loopback'],
    ['3fff::1', 'documentation'],
    ['4000::1', 'unassigned'],
    ['5f00::1', 'segment routing'],
    ['fc00::1', 'unique local'],
    ['fd00:ec2::254', 'metadata of AWS'],
    ['fe80::1', 'link-local'],
    ['fe80::1%eth0', 'link-local with a zone'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['', 'no address'],
    ['example.com', 'no address'],
    ['127.1', 'loopback, shortened'],
    ['2130706433', 'loopback, decimal'],
    ['0x7f.0.0.1', 'loopback, hexadecimal'],
    ['0177.0.0.1', 'loopback, octal'],
  ];
  for (const [address, why] of refused) {
    it(`refuses ${address || 'the empty text'} (${why})`, () =>
      assert.equal(isPublicAddress(address), false));
  }

  for (const address of [
    '1.1.1.1',
    '8.8.8.8',
    '93.184.215.14',
    '2606:4700::1111',
    '2a00:1450:4001:80e::200e',
  ]) {
    it(`accepts ${address}`, () => assert.equal(isPublicAddress(address), true));
  }
});
