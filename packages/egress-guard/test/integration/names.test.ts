import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  createDnsResolver,
  createEgressGuard,
  createWebResolver,
  type EgressGuard,
  ForbiddenTargetError,
} from '../../src/index.ts';
import {
  type Canary,
  type NameServer,
  startCanary,
  startNameServer,
  type Zone,
} from '../../src/testing/index.ts';

const publicFour = '93.184.215.14';
const publicSix = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';

/** Names that a guard must refuse; of those on loopback, the canary would answer. */
const refused: [why: string, name: string, values: readonly string[]][] = [
  ['loopback', 'loopback.test', ['127.0.0.1']],
  ['elsewhere on loopback', 'loopback-other.test', ['127.8.9.10']],
  ['this host', 'zero.test', ['0.0.0.0']],
  ['private, of class A', 'ten.test', ['10.0.0.1']],
  ['private, of class B', 'docker.test', ['172.17.0.1']],
  ['private, of class C', 'router.test', ['192.168.1.1']],
  ['link-local', 'link-local.test', ['169.254.1.1']],
  ['metadata of a cloud', 'metadata.test', ['169.254.169.254']],
  ['carrier-grade NAT', 'carrier.test', ['100.64.0.1']],
  ['benchmark', 'benchmark.test', ['198.18.0.1']],
  ['documentation', 'documentation.test', ['192.0.2.1']],
  ['multicast', 'multicast.test', ['224.0.0.251']],
  ['broadcast', 'broadcast.test', ['255.255.255.255']],
  ['IPv6 loopback, and no IPv4', 'six.test', ['::1']],
  ['IPv6 unspecified', 'six-zero.test', ['::']],
  ['unique local', 'ula.test', ['fd12:3456:789a::1']],
  ['IPv6 metadata', 'six-metadata.test', ['fd00:ec2::254']],
  ['IPv6 link-local', 'six-link-local.test', ['fe80::1']],
  ['IPv6 multicast', 'six-multicast.test', ['ff02::1']],
  ['IPv4-mapped', 'mapped.test', ['::ffff:127.0.0.1']],
  ['NAT64', 'nat64.test', ['64:ff9b::7f00:1']],
  ['NAT64 of a network', 'nat64-local.test', ['64:ff9b:1::7f00:1']],
  ['6to4', '6to4.test', ['2002:7f00:1::']],
  ['Teredo', 'teredo.test', ['2001:0:7f00:1::80ff:fffe']],
  ['a public address before a private one', 'mixed.test', [publicFour, '127.0.0.1']],
  ['a private address before a public one', 'mixed-first.test', ['127.0.0.1', publicFour]],
  ['public by IPv4, loopback by IPv6', 'mixed-families.test', [publicFour, '::1']],
  ['public by IPv6, loopback by IPv4', 'mixed-back.test', [publicSix, '127.0.0.1']],
  ['one private address behind many public ones', 'many.test', [...publicAddresses(20), '127.0.0.1']],
  ['another name of loopback', 'alias.test', ['loopback.test']],
  ['a chain of names that ends at loopback', 'chain.test', ['chain-1.test']],
  ['a chain that ends at IPv6 loopback alone', 'chain-six.test', ['six.test']],
  ['a name beside a public address', 'beside.test', [publicFour, 'loopback.test']],
  ['a name in an alphabet of its own', 'xn--bcher-kva.test', ['127.0.0.1']],
  ['an address in front of a name', '93.184.215.14.test', ['127.0.0.1']],
];

/** Other ways of writing names that lead to loopback. */
const spellings = [
  'LoopBack.TEST',
  'loopback.test.',
  'ｌｏｏｐｂａｃｋ．ｔｅｓｔ',
  'loop%62ack.test',
  'BÜCHER.test',
  'loop\u00adback.test',
];

const zone: Zone = {
  ...Object.fromEntries(refused.map(([, name, values]) => [name, values])),
  'chain-1.test': ['chain-2.test'],
  'chain-2.test': ['loopback.test'],
  'dangling.test': ['nowhere.test'],
  'silent.test': 'silent',
  'rebinding.test': [[publicFour], ['127.0.0.1']],
  'rebinding-six.test': [[publicSix], ['::1']],
};

describe('a guard that asks a name server', () => {
  let canary: Canary;
  let names: NameServer;
  let guard: EgressGuard;
  before(async () => {
    canary = await startCanary({ host: '::' }).catch(() => startCanary({ host: '0.0.0.0' }));
    names = await startNameServer(zone);
    guard = createEgressGuard({
      ports: [canary.port],
      resolve: createDnsResolver([names.address]),
      connectTimeoutMs: 500,
    });
  });
  after(async () => {
    await guard.close();
    await canary.close();
    await names.close();
  });

  const reach = (name: string) => guard.request(new URL(`http://${name}:${canary.port}/`), { method: 'GET' });
  const isRefusal = (error: unknown) => error instanceof ForbiddenTargetError && error.reason === 'address';

  for (const [why, name] of refused) {
    it(`refuses ${name} (${why}) and connects to nothing`, async () => {
      await assert.rejects(reach(name), isRefusal);
      assert.equal(canary.connections(), 0);
    });
  }

  for (const spelling of spellings) {
    it(`refuses a name of loopback spelt ${JSON.stringify(spelling)}`, async () => {
      await assert.rejects(reach(spelling), isRefusal);
      assert.equal(canary.connections(), 0);
    });
  }

  for (const name of ['rebinding.test', 'rebinding-six.test']) {
    it(`asks once for a connection to ${name}, and refuses the next when it has turned inwards`, async () => {
      await assert.rejects(reach(name), (error) => !isRefusal(error));
      assert.deepEqual(names.asked(name).toSorted(), ['A', 'AAAA']);
      await assert.rejects(reach(name), isRefusal);
      assert.deepEqual(names.asked(name).length, 4);
      assert.equal(canary.connections(), 0);
    });
  }

  for (const name of ['localhost', 'LOCALHOST.', 'canary.localhost']) {
    it(`refuses ${name}, and asks nobody for it`, async () => {
      await assert.rejects(reach(name), isRefusal);
      assert.deepEqual(names.asked(name.toLowerCase()), []);
      assert.equal(canary.connections(), 0);
    });
  }

  for (const name of ['nowhere.test', 'dangling.test', 'ip6-localhost']) {
    it(`fails to find ${name}, whatever the hosts file says`, async () => {
      await assert.rejects(reach(name), (error: NodeJS.ErrnoException) =>
        /^E(NOTFOUND|NODATA)$/.test(error.code ?? ''),
      );
      assert.equal(canary.connections(), 0);
    });
  }

  it('is not held up by names whose servers are silent, however many', async () => {
    const ended: string[] = [];
    const silent = Array.from({ length: 64 }, (_, n) =>
      assert
        .rejects(reach('silent.test'), { code: 'UND_ERR_CONNECT_TIMEOUT' })
        .then(() => ended.push(`silent ${n}`)),
    );
    await assert.rejects(reach('loopback.test'), isRefusal);
    assert.deepEqual(ended, []);
    await Promise.all(silent);
  });

  it('reaches a name on loopback only where the operator has exempted it, so that the canary proves something', async (t) => {
    const port = canary.port;
    const exempted = createEgressGuard({
      allowHosts: [`six.test:${port}`, `chain.test:${port}`],
      resolve: createDnsResolver([names.address]),
    });
    t.after(() => exempted.close());
    const answer = await exempted.request(new URL(`http://chain.test:${port}/`), { method: 'GET' });
    assert.equal(await answer.body.text(), 'canary');
    assert.equal(canary.connections(), 1);
  });
});

describe('a guard that finds names as the operating system is set up to', () => {
  let folder: string;
  let canary: Canary;
  let names: NameServer;
  let guard: EgressGuard;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'hosts-'));
    const hostsFile = path.join(folder, 'hosts');
    await writeFile(hostsFile, `127.0.0.1 pinned.test\n${publicFour} outside.test\n::1 OUTSIDE.test\n`);
    canary = await startCanary({ host: '::' }).catch(() => startCanary({ host: '0.0.0.0' }));
    names = await startNameServer({ ...zone, 'pinned.test': [publicFour] });
    const resolve = createWebResolver({ hostsFile, servers: [names.address] });
    guard = createEgressGuard({ ports: [canary.port], resolve, connectTimeoutMs: 500 });
  });
  after(async () => {
    await guard.close();
    await canary.close();
    await names.close();
    await rm(folder, { recursive: true });
  });
  const reach = (name: string) => guard.request(new URL(`http://${name}:${canary.port}/`), { method: 'GET' });

  for (const [what, name] of [
    ['the hosts file gives an address of this machine, whatever name servers say', 'pinned.test'],
    ['the hosts file gives one in another spelling', 'PINNED.test.'],
    ['the hosts file gives one beside a public address', 'outside.test'],
    ['name servers give one', 'mixed.test'],
  ] as const) {
    it(`refuses a name of which ${what}`, async () => {
      await assert.rejects(reach(name), { name: 'ForbiddenTargetError', reason: 'address' });
      assert.equal(canary.connections(), 0);
    });
  }

  it('asks nobody for a name that the hosts file has', () =>
    assert.deepEqual(names.asked('pinned.test'), []));
});

it('a name server that is not written as an address is refused at once', () => {
  assert.throws(() => createDnsResolver(['dns.example.com']), TypeError);
});

function publicAddresses(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `93.184.215.${n + 1}`);
}
