import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createMeshReadiness } from '../../src/mesh/mesh-readiness.ts';
import { type Peer, startPeer } from '../fixtures/peer.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();

describe('GET /ready', () => {
  it('is 200 when every part of the mesh is ready, and asks for no token', async () => {
    const response = await fetch(`${proxy.url}/ready`);
    assert.deepEqual([response.status, await response.json()], [200, { status: 'ready', failing: [] }]);
    assert.equal(response.headers.get('cache-control'), 'no-store');
  });
});

describe('GET /.well-known/oauth-protected-resource', () => {
  it('names the resource and who issues tokens for it (RFC 9728)', async () => {
    const response = await fetch(`${proxy.url}/.well-known/oauth-protected-resource`);
    const { resource, authorization_servers } = (await response.json()) as Record<string, unknown>;
    assert.deepEqual([resource, authorization_servers], ['https://gateway.test', ['https://gateway.test']]);
  });
});

describe('the readiness of the mesh', () => {
  let ready: Peer;
  let broken: Peer;
  before(async () => {
    ready = await startPeer((_received, response) => void response.end('{}'));
    broken = await startPeer((_received, response) => void response.writeHead(503).end());
  });
  after(() => Promise.all([ready.close(), broken.close()]));
  const nowhere = 'http://127.0.0.1:1';

  it('names the parts of which no replica is ready', async () => {
    const readiness = createMeshReadiness([
      { name: 'whole', urls: [ready.url] },
      { name: 'half', urls: [nowhere, broken.url, ready.url] },
      { name: 'broken', urls: [broken.url] },
      { name: 'gone', urls: [nowhere] },
    ]);
    assert.deepEqual(await readiness(), ['broken', 'gone']);
  });

  it('names a part that answers and cannot be used', async () => {
    let usable = false;
    const readiness = createMeshReadiness([{ name: 'part', urls: [ready.url], isUsable: () => usable }]);
    assert.deepEqual(await readiness(), ['part']);
    usable = true;
    assert.deepEqual(await readiness(), []);
  });

  it('asks the parts once a second at most, however often it is asked itself', async () => {
    let now = 0;
    const readiness = createMeshReadiness([{ name: 'part', urls: [ready.url] }], () => now);
    ready.play((_received, response) => void response.end('{}'));
    await Promise.all([readiness(), readiness()]);
    now = 1_000;
    await readiness();
    assert.equal(ready.received.length, 1);
    now = 1_001;
    await readiness();
    assert.equal(ready.received.length, 2);
  });
});
