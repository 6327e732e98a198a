import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { meshKeysOf } from './mesh-pairs.ts';

const root = Buffer.alloc(32, 7);
const pairsOf = (service: string) =>
  meshKeysOf(service, root).map(({ caller, audience }) => `${caller} ${audience}`);

describe('the mesh keys of a service', () => {
  it('are those of the pairs that it takes part in', () => {
    assert.deepEqual(pairsOf('adapter-openai').sort(), [
      'policy-service adapter-openai',
      'proxy-service adapter-openai',
    ]);
    assert.equal(pairsOf('proxy-service').length, 5);
    assert.equal(pairsOf('policy-service').length, 5);
  });

  it('are none for a service that nobody authenticates to', () => {
    assert.deepEqual(pairsOf('provider-simulator'), []);
    assert.deepEqual(pairsOf('auth-service'), []);
  });

  it('are the same on both sides of a pair, and differ from every other', () => {
    const keyOf = (service: string, caller: string, audience: string) =>
      meshKeysOf(service, root).find((key) => key.caller === caller && key.audience === audience)?.key;
    assert.equal(
      keyOf('proxy-service', 'proxy-service', 'adapter-openai'),
      keyOf('adapter-openai', 'proxy-service', 'adapter-openai'),
    );
    const all = ['proxy-service', 'policy-service'].flatMap((service) => meshKeysOf(service, root));
    assert.equal(new Set(all.map(({ key }) => key)).size, 9);
  });
});
