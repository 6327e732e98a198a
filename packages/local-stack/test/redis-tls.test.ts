import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { baseSettings, loadConfig } from '@4runr/service-kit/config';
import { createKit } from '@4runr/service-kit/lifecycle';
import { createRedis, type Redis, translateRedisError } from '@4runr/service-kit/redis';
import { untilRedisAnswers } from '@4runr/service-kit/testing';
import { baseEnv } from '../src/parts/program.ts';
import { findRedis, type RedisServer } from '../src/parts/redis-server.ts';
import { type ProcessSpec, untilListening } from '../src/process/index.ts';
import { temporaryFolder } from '../src/process/testing.ts';
import { createAuthority, createLeaf } from '../src/tls/certificate.ts';
import { partOptions, running } from './parts-under-test.ts';

/** A server that speaks TLS alone, with a certificate of an authority of its own. */
async function tlsServer({ program }: RedisServer, folder: string, port: number): Promise<ProcessSpec> {
  const authority = await createAuthority('redis of a test');
  const { certificate, privateKey } = await createLeaf(authority, ['localhost']);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('ca.pem', authority.certificate);
  write('cert.pem', certificate);
  write('key.pem', privateKey);
  const file = (name: string) => JSON.stringify(join(folder, name));
  const lines = [
    'bind 127.0.0.1',
    'port 0',
    `tls-port ${port}`,
    `tls-cert-file ${file('cert.pem')}`,
    `tls-key-file ${file('key.pem')}`,
    `tls-ca-cert-file ${file('ca.pem')}`,
    'tls-auth-clients no',
    'user services on >secret ~* &* +@all',
    'save ""',
  ];
  write('redis.conf', lines.join('\n'));
  return {
    name: 'redis-tls',
    command: program.command,
    args: [join(folder, 'redis.conf')],
    env: { ...baseEnv(), ...program.env },
    cwd: folder,
    stopSignal: 'SIGTERM',
    logFile: join(folder, 'redis.log'),
    ready: (signal) => untilListening(port, '127.0.0.1', signal),
    ports: [port],
  };
}

function connect(context: TestContext, url: string): Redis {
  const owned = createKit('proxy-service', loadConfig(baseSettings(0), { LOG_LEVEL: 'silent' }));
  context.after(() => owned.closeAll());
  return createRedis(owned.kit, { url });
}

describe('a Redis over TLS', () => {
  it('is used with the authorities that the URL names, as the name that they vouch for, and not otherwise', async (context) => {
    using folder = temporaryFolder();
    using options = await partOptions(folder.path, 'redis-tls');
    const server = await findRedis(options);
    if (server.isStandIn) return context.skip('there is no Redis here that speaks TLS');
    await using _server = await running(await tlsServer(server, folder.path, options.port));
    const caFile = join(folder.path, 'ca.pem');
    const urlOf = (host: string, query: string) => `rediss://services:secret@${host}:${options.port}${query}`;

    const redis = connect(context, urlOf('localhost', `?cafile=${caFile}`));
    await untilRedisAnswers(redis);
    assert.equal(await redis.set('key', 'value'), 'OK');

    const distrusted = [urlOf('localhost', ''), urlOf('127.0.0.1', `?cafile=${caFile}`)];
    for (const url of distrusted) {
      const error = await untilRedisAnswers(connect(context, url), [], 500).catch((cause: unknown) => cause);
      assert.match(String(error), /no Redis answered/);
      const refused = await connect(context, url)
        .get('key')
        .catch((cause: unknown) => cause);
      assert.equal(translateRedisError(refused)?.code, 'service.unavailable');
    }
  });
});
