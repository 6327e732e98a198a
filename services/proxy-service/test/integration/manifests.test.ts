import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { manifestExample } from '@4runr/contracts/call';
import type { Manifest } from '@4runr/contracts/manifest';
import { toProblem } from '@4runr/contracts/problem';
import { createServiceClient } from '@4runr/service-kit/client';
import { type RunningService, startService } from '@4runr/service-kit/lifecycle';
import { createLogger } from '@4runr/service-kit/telemetry';
import { createTestMesh } from '@4runr/service-kit/testing';
import { readConfig } from '../../src/config.ts';
import { createManifestRegistry, type ManifestRegistry } from '../../src/mesh/manifest-registry.ts';
import { eventually } from '../fixtures/eventually.ts';
import { answer, type Peer, refuse, type Script, startPeer } from '../fixtures/peer.ts';

interface LogLine {
  readonly level: string;
  readonly tool: string;
  readonly fault?: string;
}

const intervals = { retryMs: 2, refreshMs: 2 };
const running: { service: RunningService; peers: Peer[] }[] = [];
afterEach(async () => {
  for (const { service, peers } of running.splice(0)) {
    await service.stop();
    await Promise.all(peers.map((peer) => peer.close()));
  }
});

/** A registry over adapters that follow the scripts, within a service of its own. */
async function startRegistry(scripts: Readonly<Record<string, Script>>, startGraceMs = 0) {
  const names = Object.keys(scripts);
  const peers = new Map<string, Peer>();
  for (const [name, script] of Object.entries(scripts)) peers.set(name, await startPeer(script));
  const mesh = createTestMesh();
  const environment = {
    PORT: '0',
    LOG_LEVEL: 'silent',
    PUBLIC_URL: 'https://gateway.test',
    REDIS_URL: 'redis://127.0.0.1:1',
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
    AUTH_SERVICE_URL: 'http://127.0.0.1:1',
    POLICY_SERVICE_URL: 'http://127.0.0.1:1',
    ADAPTERS: names.map((name) => `${name}=${peers.get(name)?.url}`).join(','),
    MESH_KEYS: mesh.meshKeys(...names.map((name) => ['proxy-service', `adapter-${name}`] as const)),
  };
  const lines: LogLine[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as LogLine);
  let registry: ManifestRegistry | undefined;
  const service = await startService({
    name: 'proxy-service',
    config: () => readConfig(environment),
    compose: (kit) => {
      const logger = createLogger({ service: kit.name, level: 'info' }, { write });
      const clients = new Map(
        names.map((name) => [
          name,
          createServiceClient(kit, `adapter-${name}`, [peers.get(name)?.url ?? '']),
        ]),
      );
      registry = createManifestRegistry({ logger, onClose: kit.onClose }, clients, {
        ...intervals,
        startGraceMs,
      });
      return () => undefined;
    },
  });
  running.push({ service, peers: [...peers.values()] });
  assert.ok(registry !== undefined);
  await registry.firstRound;
  return { registry, lines, peer: (name: string) => peers.get(name) ?? assert.fail(name) };
}

const toolOf = (tool: string, change: Partial<Manifest> = {}): Manifest => ({
  ...manifestExample,
  tool,
  ...change,
});
const telling =
  (manifest: unknown): Script =>
  (_received, response) =>
    answer(response, manifest);

/** A manifest whose facts could be missed. */
function blind(tool: string): Manifest {
  const { search } = manifestExample.actions;
  assert.ok(search !== undefined);
  const params = { type: 'object', properties: { url: { 'x-gateway-fact': 'url' } } };
  return toolOf(tool, { actions: { search: { ...search, params } } });
}

/** Waits until an adapter has been asked so many times more. */
async function askedAgain(peer: Peer, times = 3): Promise<void> {
  const before = peer.received.length;
  await eventually(() => peer.received.length >= before + times);
}

describe('manifests', () => {
  const unusable: Readonly<Record<string, unknown>> = {
    'whose facts could be missed': blind('bad'),
    'of another tool': toolOf('good'),
    'with a member that nobody knows': { ...toolOf('bad'), surprise: true },
    'that is none': [],
    'whose action has a name that no action may have': toolOf('bad', {
      actions: { 'No-Name': manifestExample.actions.search } as Manifest['actions'],
    }),
  };
  for (const [what, manifest] of Object.entries(unusable)) {
    it(`one ${what} is not used, takes no other down, and is told of once, loudly`, async () => {
      const { registry, lines, peer } = await startRegistry({
        good: telling(toolOf('good')),
        bad: telling(manifest),
      });
      await askedAgain(peer('bad'));
      assert.equal(registry.get('good')?.name, 'good');
      assert.equal(registry.get('bad'), undefined);
      assert.deepEqual(
        lines.map(({ level, tool }) => [level, tool]),
        [['error', 'bad']],
      );
    });
  }

  it('an adapter that is not there is told of once, and its tool appears when it is', async () => {
    const { registry, lines, peer } = await startRegistry({
      late: (_received, response) => response.destroy(),
    });
    await askedAgain(peer('late'));
    assert.equal(registry.get('late'), undefined);
    assert.equal(lines.length, 1);
    peer('late').play(telling(toolOf('late')));
    await eventually(() => registry.get('late') !== undefined);
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['warn', 'info'],
    );
  });

  it('an adapter that is still starting is no reason to warn; one that never comes is', async () => {
    const silent: Script = (_received, response) => response.destroy();
    const late = await startRegistry({ late: silent }, 60_000);
    await askedAgain(late.peer('late'));
    late.peer('late').play(telling(toolOf('late')));
    await eventually(() => late.registry.get('late') !== undefined);
    late.peer('late').play(silent);
    await eventually(() => late.lines.length === 3);
    assert.deepEqual(
      late.lines.map(({ level }) => level),
      ['info', 'info', 'warn'],
    );
    const never = await startRegistry({ never: silent }, 100);
    await eventually(() => never.lines.length === 2);
    assert.deepEqual(
      never.lines.map(({ level }) => level),
      ['info', 'warn'],
    );
  });

  it('an adapter that is gone, or does not know us any more, keeps its tool', async () => {
    const { registry, peer } = await startRegistry({ here: telling(toolOf('here')) });
    const tool = registry.get('here');
    peer('here').play((_received, response) => response.destroy());
    await askedAgain(peer('here'));
    assert.equal(registry.get('here'), tool);
    peer('here').play((_received, response) => refuse(response, toProblem('token.invalid')));
    await askedAgain(peer('here'));
    assert.equal(registry.get('here'), tool);
  });

  it('an adapter that now tells of something unusable loses its tool until it does better', async () => {
    const { registry, peer } = await startRegistry({ here: telling(toolOf('here')) });
    peer('here').play(telling(blind('here')));
    await eventually(() => registry.get('here') === undefined);
    peer('here').play(telling(toolOf('here')));
    await eventually(() => registry.get('here') !== undefined);
  });

  it('one that changes under the same version is taken all the same, and one that does not is kept', async () => {
    const { registry, peer } = await startRegistry({ here: telling(toolOf('here')) });
    const tool = registry.get('here');
    await askedAgain(peer('here'));
    assert.equal(registry.get('here'), tool);
    peer('here').play(telling(toolOf('here', { description: 'Another.' })));
    await eventually(() => registry.get('here')?.description === 'Another.');
  });
});
