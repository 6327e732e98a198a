import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseRedisUrl, redisUrl } from './redis-url.ts';

const noFile = '/no/such/ca.pem';

describe('the URL of a Redis', () => {
  it('names one server, with a database and whoever is let in', () => {
    assert.deepEqual(parseRedisUrl('redis://user:p%40ss:word@redis.example:6380/3'), {
      addresses: [{ host: 'redis.example', port: 6_380 }],
      isCluster: false,
      database: 3,
      username: 'user',
      password: 'p@ss:word',
    });
    const least = { addresses: [{ host: '::1', port: 6_379 }], isCluster: false, database: 0 };
    assert.deepEqual(parseRedisUrl('redis://[::1]'), least);
  });

  it('names a cluster by several of its nodes, or by one and `cluster=on`', () => {
    assert.deepEqual(parseRedisUrl('redis://:secret@one:7001,two:7002,[::1]:7003'), {
      addresses: [
        { host: 'one', port: 7_001 },
        { host: 'two', port: 7_002 },
        { host: '::1', port: 7_003 },
      ],
      isCluster: true,
      database: 0,
      password: 'secret',
    });
    assert.deepEqual(parseRedisUrl(`rediss://managed.example:6379?cluster=on&cafile=${noFile}`), {
      addresses: [{ host: 'managed.example', port: 6_379 }],
      isCluster: true,
      database: 0,
      tls: { caFile: noFile },
    });
  });

  const faults: readonly [url: string, fault: string][] = [
    ['http://redis', 'is not a URL with scheme redis or rediss'],
    ['redis://', 'is not a URL with scheme redis or rediss'],
    ['redis://one,,two', 'has a host that is none: hosts are separated by commas, each host[:port]'],
    ['redis://one:0', 'has a host that is none: hosts are separated by commas, each host[:port]'],
    ['redis://one:70000', 'has a host that is none: hosts are separated by commas, each host[:port]'],
    ['redis://one,two/1', 'names a database, and a Redis Cluster has but the first'],
    ['redis://one?cluster=yes', 'has a cluster that is neither on nor off'],
    ['redis://one?clutser=on', 'has an unknown option: clutser'],
    [`redis://one?cafile=${noFile}`, 'has a cafile, which needs the scheme rediss'],
    [`rediss://one?cafile=${noFile}`, 'has a cafile that cannot be read: ENOENT'],
    ['redis://user:100%@one', 'has a user or password that is not percent-encoded'],
  ];
  for (const [url, fault] of faults) {
    it(`is refused where it ${fault}: ${url}`, () => {
      const { error } = redisUrl().safeParse(url);
      assert.deepEqual(
        error?.issues.map(({ message }) => message),
        [fault],
      );
    });
  }

  it('is taken as a setting when the file of the authorities is there', () => {
    const url = `rediss://one?cafile=${fileURLToPath(import.meta.url)}`;
    assert.equal(redisUrl().parse(url), url);
  });
});
