import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { web } from '../../test/fixtures/calls.ts';
import { createTargets, targetOf } from './targets.ts';

const reaching = (...url: string[]) => ({ tool: web, facts: { url, model: [], recipient: [] } });

describe('what a call reaches', () => {
  it('is the tool, whatever urls are its facts', () => {
    const target = targetOf({ ...reaching('https://example.com/'), tool: { ...web, isolation: 'tool' } });
    assert.deepEqual(target, { tool: 'web', host: undefined });
  });

  it('is the host that its url names, where each is on its own', () => {
    assert.equal(targetOf(reaching('https://User@Example.COM:8443/a')).host, 'example.com:8443');
    assert.equal(targetOf(reaching('http://a.test/', 'http://b.test/')).host, 'a.test');
  });

  it('is the tool where no host is named', () => {
    assert.equal(targetOf(reaching()).host, undefined);
    assert.equal(targetOf(reaching('no url')).host, undefined);
  });
});

describe('what is kept for each target', () => {
  it('is made once, and of each tool on its own', () => {
    const targets = createTargets((target) => ({ target }));
    const first = targets.get({ tool: 'a', host: 'x' });
    assert.equal(targets.get({ tool: 'a', host: 'x' }), first);
    for (const target of [
      { tool: 'a', host: undefined },
      { tool: 'b', host: 'x' },
    ])
      assert.notEqual(targets.get(target), first);
    assert.equal([...targets.of('a')].length, 2);
  });

  it('is bounded for hosts, whatever urls agents name', () => {
    const targets = createTargets(() => ({}));
    for (let host = 0; host < 5_000; host += 1) targets.get({ tool: 'a', host: String(host) });
    assert.equal([...targets.of('a')].length, 1_000);
  });

  it('is dropped for hosts alone', () => {
    const targets = createTargets((target) => ({ target }));
    const whole = targets.get({ tool: 'a', host: undefined });
    targets.get({ tool: 'a', host: 'x' });
    targets.dropHosts(() => true);
    assert.deepEqual([...targets.of('a')], [whole]);
  });
});
