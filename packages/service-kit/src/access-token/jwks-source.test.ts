import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { Logger } from '../telemetry/index.ts';
import { createJwksSource } from './jwks-source.ts';

function recorder() {
  const levels: string[] = [];
  const log = (level: string) => () => void levels.push(level);
  return { levels, logger: { warn: log('warn'), info: log('info'), debug() {} } as unknown as Logger };
}

describe('the silence of an issuer', () => {
  it('is told once and quietly while the issuer may still be starting', async () => {
    const { levels, logger } = recorder();
    let nowMs = 1_000_000;
    const source = createJwksSource({ url: 'http://127.0.0.1:1/jwks', logger, clock: () => nowMs });
    for (let reading = 0; reading < 3; reading += 1) {
      await assert.rejects(source.assertLoaded());
      nowMs += 1_000;
    }
    assert.deepEqual(levels, ['info']);
  });

  it('is told loudly when the issuer was there before', async () => {
    const { levels, logger } = recorder();
    const server = createServer((_request, response) => response.end('{"keys":[]}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    let nowMs = 1_000_000;
    const source = createJwksSource({ url: `http://127.0.0.1:${port}/`, logger, clock: () => nowMs });
    await source.assertLoaded();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    nowMs += 2_000;
    await assert.rejects(async () =>
      source.getKey({ alg: 'RS256', kid: 'k1' }, { payload: '', signature: '' }),
    );
    source.close();
    assert.deepEqual(levels, ['warn']);
  });
});
