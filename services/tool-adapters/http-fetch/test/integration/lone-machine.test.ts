import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Zone } from '@4runr/egress-guard/testing';
import type { LoneMachineReport, LoneMachineTask } from '../fixtures/lone-machine.ts';

const { env } = process;

const publicFour = '93.184.215.14';
const publicSix = '2606:2800:21f:cb07:6820:80da:af6b:8b2c';

/** Addresses of the private networks and clouds, each on the machine under test. */
const inner = [
  '10.0.0.1',
  '172.17.0.1',
  '192.168.1.1',
  '127.8.9.10',
  '169.254.169.254',
  '169.254.170.2',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '198.18.0.1',
  'fd00:ec2::254',
  'fd12:3456:789a::1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001:0:a00:1::1',
];
const hostOf = (address: string) => (address.includes(':') ? `[${address}]` : address);
const nameOf = (address: string) => `at-${address.replaceAll(/[.:]+/g, '-')}.test`;

const zone: Zone = {
  ...Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`silent-${n}.test`, 'silent'] as const)),
  ...Object.fromEntries(inner.map((address) => [nameOf(address), [address]])),
  'public.test': [publicFour],
  'public-six.test': [publicSix],
  'mixed.test': [publicFour, '10.0.0.1'],
  'turning.test': [[publicFour], ['10.0.0.1']],
  'turning-between-hops.test': [[publicFour], ['169.254.169.254']],
};

const refused = (reason: string, dispatched: string, reached: string[] = []) => ({
  code: 'target.forbidden',
  reason,
  dispatched,
  reached,
});
const answered = (address: string) => ({ content: 'canary', reached: [address] });

const cases: [what: string, url: string, outcome: object][] = [
  [
    'reaches a public address, so that silence elsewhere proves something',
    'http://public.test/',
    answered(publicFour),
  ],
  ['reaches a public address of IPv6', 'http://public-six.test/', answered(publicSix)],
  ['reaches a public address that is written as such', `http://${publicFour}/`, answered(publicFour)],
  ...inner.flatMap((address): [string, string, object][] => [
    [`refuses ${address}`, `http://${hostOf(address)}/latest/meta-data/`, refused('address', 'no')],
    [`refuses a name of ${address}`, `http://${nameOf(address)}/`, refused('address', 'no')],
    [
      `refuses to be redirected to ${address}`,
      redirectTo(`http://${hostOf(address)}/`),
      refused('address', 'yes', [publicFour]),
    ],
    [
      `refuses to be redirected to a name of ${address}`,
      redirectTo(`http://${nameOf(address)}/`),
      refused('address', 'yes', [publicFour]),
    ],
  ]),
  [
    'refuses a name with a private address beside a public one',
    'http://mixed.test/',
    refused('address', 'no'),
  ],
  [
    'connects to the address that was vetted, whatever the next answer will be',
    'http://turning.test/',
    answered(publicFour),
  ],
  ['refuses the name once it has turned inwards', 'http://turning.test/', refused('address', 'no')],
  [
    'refuses a name that turns inwards between a redirect and the page',
    'http://turning-between-hops.test/?to=/secret',
    refused('address', 'yes', [publicFour]),
  ],
  [
    'refuses a port that is not allowed at a public address',
    'http://public.test:6379/',
    refused('port', 'no'),
  ],
  [
    'refuses to be redirected to such a port',
    redirectTo('http://public.test:22/'),
    refused('port', 'yes', [publicFour]),
  ],
];

/** A network of its own in which every address is local, its name server too, for a user without rights (Linux). */
const loneMachine = ['--user', '--map-root-user', '--net', '--mount', 'sh', '-c'];
const everywhere =
  'ip link set lo up && ip route add local 0.0.0.0/0 dev lo && ip -6 route add local ::/0 dev lo && ' +
  'servers=$(mktemp) && echo nameserver 127.0.0.1 > "$servers" && mount --bind "$servers" /etc/resolv.conf && rm "$servers"';
const isPossible = spawnSync('unshare', [...loneMachine, everywhere]).status === 0;

describe('http_fetch on a machine that has every address', {
  skip: isPossible ? false : 'needs user, network and mount namespaces, and iproute2',
}, () => {
  let report: LoneMachineReport;
  before(() => {
    const urls = cases.map(([, url]) => url);
    report = runOn({
      zone,
      ports: [80, 443, 22, 6379],
      names: 'setting',
      beside: [],
      urls,
      addresses: inner,
    });
  });

  for (const [index, [what, , outcome]] of cases.entries()) {
    it(what, () => assert.deepEqual(report.fetched[index], outcome));
  }

  it('could have reached each of the addresses', () => assert.deepEqual(report.connected, inner));

  it('asks the machine’s own name servers without a setting, and waits for none because of others that are silent', () => {
    const { fetched, endedBeside } = runOn({
      zone,
      ports: [80],
      names: 'machine',
      beside: Array.from({ length: 64 }, (_, n) => `http://silent-${n}.test/`),
      urls: ['http://public.test/', `http://${nameOf('10.0.0.1')}/`],
      addresses: [],
    });
    assert.deepEqual(fetched, [answered(publicFour), refused('address', 'no')]);
    assert.equal(endedBeside, 0);
  });
});

function redirectTo(location: string): string {
  return `http://public.test/?to=${encodeURIComponent(location)}`;
}

/** Proxies are named from the start, as Node heeds them only then; all that connects to one is noticed. */
function runOn(task: LoneMachineTask): LoneMachineReport {
  const script = fileURLToPath(new URL('../fixtures/lone-machine.ts', import.meta.url));
  const proxy = 'http://203.0.113.1:80';
  const output = execFileSync(
    'unshare',
    [...loneMachine, `${everywhere} && exec "$@"`, 'sh', process.execPath, script, JSON.stringify(task)],
    {
      encoding: 'utf8',
      timeout: 100_000,
      env: {
        PATH: env.PATH,
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy,
        HTTPS_PROXY: proxy,
        ALL_PROXY: proxy,
        NO_PROXY: '127.0.0.1',
      },
    },
  );
  return JSON.parse(output);
}
