import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorResources } from '../token/index.ts';
import { manifestSchema, nameSchema } from './index.ts';

const search = { description: 'Searches.', effect: 'read', params: { type: 'object' }, timeoutMs: 1_000 };
const cache = { ttlSeconds: 60, scope: 'shared', staleWhileRevalidateSeconds: 30 };
const manifest = { tool: 'serpapi', version: '1', description: 'The web.', actions: { search } };

describe('a manifest', () => {
  it('describes a tool and its actions', () => {
    assert.deepEqual(manifestSchema.parse(manifest), manifest);
  });

  it('says how long results of a read may be kept', () => {
    const cached = { ...manifest, actions: { search: { ...search, cache } } };
    assert.deepEqual(manifestSchema.parse(cached), cached);
  });

  const refusals: [guarantee: string, change: object][] = [
    ['has no members that nobody reads', { odd: 1 }],
    ['names actions as scopes and paths need it', { actions: { 'se/arch': search } }],
    ['says what an action does to the world', { actions: { search: { ...search, effect: 'odd' } } }],
    ['limits the time of an action', { actions: { search: { ...search, timeoutMs: 0 } } }],
    ['says for whom a result is kept', { actions: { search: { ...search, cache: { ttlSeconds: 60 } } } }],
    ['keeps no result of an effect', { actions: { search: { ...search, effect: 'effect', cache } } }],
    [
      'keeps no result of what may be repeated',
      { actions: { search: { ...search, effect: 'idempotent', cache } } },
    ],
    ['has a version', { version: '' }],
    ['says what fails together in words that are known', { isolation: 'region' }],
  ];
  for (const [guarantee, change] of refusals)
    it(guarantee, () => assert.equal(manifestSchema.safeParse({ ...manifest, ...change }).success, false));

  it('is not fooled by an action with the name of an inherited member', () => {
    const parsed = manifestSchema.safeParse(
      JSON.parse(JSON.stringify(manifest).replace('"search"', '"__proto__"')),
    );
    assert.ok(!parsed.success || Object.getPrototypeOf(parsed.data.actions) === Object.prototype);
    assert.equal(({} as { description?: string }).description, undefined);
  });
});

describe('names of tools and actions', () => {
  it('are small words that need no escape in a path, a scope or a label', () => {
    for (const name of ['serpapi', 'http_fetch', 'a1'])
      assert.equal(nameSchema.safeParse(name).success, true);
    for (const name of ['', '1a', 'A', 'a-b', 'a:b', 'a/b', 'a.b', 'ä', 'a'.repeat(64)])
      assert.equal(nameSchema.safeParse(name).success, false, name);
  });

  it('are, for tools, none of the resources of operators, whose scopes they would give away', () => {
    for (const tool of operatorResources)
      assert.equal(manifestSchema.safeParse({ ...manifest, tool }).success, false, tool);
  });
});
