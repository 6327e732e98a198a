import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createMeshKeyring,
  createMeshTokenSource,
  type MeshKeyring,
  verifyMeshToken,
} from '@4runr/service-kit/mesh';
import { meshKeysOf } from './mesh-pairs.ts';
import { adapterDeclarations } from './read-adapter-declarations.ts';

const adapters = adapterDeclarations.length;
const adaptersWithCredential = adapterDeclarations.filter(({ credential }) => credential).length;
const root = Buffer.alloc(32, 7);
const source = { root, generation: 1 };
const pairsOf = (service: string) =>
  meshKeysOf(service, source).map(({ caller, audience }) => `${caller} ${audience}`);

describe('the mesh keys of a service', () => {
  it('are those of the pairs that it takes part in', () => {
    assert.deepEqual(pairsOf('adapter-openai').sort(), [
      'adapter-openai auth-service',
      'policy-service adapter-openai',
      'proxy-service adapter-openai',
    ]);
    assert.equal(pairsOf('proxy-service').length, adapters + 2);
    assert.equal(pairsOf('policy-service').length, adapters + 1);
    assert.equal(pairsOf('auth-service').length, adaptersWithCredential + 1);
  });

  it('are none for a service that nobody authenticates to', () => {
    assert.deepEqual(pairsOf('provider-simulator'), []);
  });

  it('let no adapter ask for a credential whose provider needs none', () => {
    assert.deepEqual(pairsOf('adapter-http-fetch').sort(), [
      'policy-service adapter-http-fetch',
      'proxy-service adapter-http-fetch',
    ]);
  });

  it('are the same on both sides of a pair, and differ from every other', () => {
    const keyOf = (service: string, caller: string, audience: string) =>
      meshKeysOf(service, source).find((key) => key.caller === caller && key.audience === audience)?.key;
    assert.equal(
      keyOf('proxy-service', 'proxy-service', 'adapter-openai'),
      keyOf('adapter-openai', 'proxy-service', 'adapter-openai'),
    );
    const all = ['proxy-service', 'policy-service'].flatMap((service) => meshKeysOf(service, source));
    assert.equal(new Set(all.map(({ key }) => key)).size, 2 * adapters + 2);
  });

  it('are of two generations once they were rotated: the new one signs, the one before is accepted', () => {
    const [old, rotated, again] = [1, 2, 3].map((generation) =>
      createMeshKeyring('proxy-service', meshKeysOf('proxy-service', { root, generation })),
    );
    const policyOf = (generation: number) =>
      createMeshKeyring('policy-service', meshKeysOf('policy-service', { root, generation }));
    const tokenOf = (keyring = old) => createMeshTokenSource(keyring as MeshKeyring)('policy-service');
    assert.equal(rotated?.signingKey('policy-service').kid, 'local-2');
    for (const keyring of [old, rotated]) verifyMeshToken(policyOf(2), tokenOf(keyring));
    for (const keyring of [rotated, again]) verifyMeshToken(policyOf(3), tokenOf(keyring));
    assert.throws(() => verifyMeshToken(policyOf(3), tokenOf(old)), { name: 'ProblemError' });
  });

  it('share nothing with those of another generation', () => {
    const keys = meshKeysOf('proxy-service', { root, generation: 2 });
    assert.equal(keys.length, 2 * (adapters + 2));
    assert.equal(new Set(keys.map(({ key }) => key)).size, keys.length);
  });
});
