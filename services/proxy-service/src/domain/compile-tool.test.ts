import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webManifest } from '../../test/fixtures/manifests.ts';
import { compileTool } from './compile-tool.ts';

describe('a tool', () => {
  it('has the actions of its manifest, by scope, ready to check parameters and pick out facts', () => {
    const tool = compileTool(webManifest);
    assert.deepEqual([...tool.actions.keys()], ['fetch', 'constructor']);
    const action = tool.actions.get('fetch');
    assert.equal(action?.scope, 'web:fetch');
    assert.deepEqual(action?.findFaults({ url: 'u' }, 11), []);
    assert.deepEqual(action?.extractFacts({ url: 'u' }).url, ['u']);
  });

  it('is unusable as a whole when one of its actions is', () => {
    const { fetch } = webManifest.actions;
    assert.ok(fetch !== undefined);
    const params = { type: 'object', properties: { url: { 'x-gateway-fact': 'url' } } };
    assert.throws(() => compileTool({ ...webManifest, actions: { fetch: { ...fetch, params } } }), /beside/);
  });
});
