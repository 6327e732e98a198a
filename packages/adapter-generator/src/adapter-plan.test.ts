import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assertUsable, nextPort } from './adapter-plan.ts';
import { parseOptions } from './parse-options.ts';

const asked = ['weather', 'now', '--base-url', 'https://api.weather.test/v2/'];

describe('what an adapter is made of', () => {
  it('is a tool, an action, and where the provider is', () => {
    assert.deepEqual(parseOptions(asked), {
      tool: 'weather',
      action: 'now',
      effect: 'read',
      baseUrl: 'https://api.weather.test/v2',
      description: 'The tool weather.',
      hasCredential: true,
    });
    assert.equal(parseOptions(['--help']), undefined);
  });

  const refusals: readonly [guarantee: string, args: string[], told: RegExp][] = [
    ['needs a tool and an action', ['weather'], /name a tool and an action/],
    ['needs a base URL', ['weather', 'now'], /--base-url is missing/],
    ['has no options that nobody knows', [...asked, '--colour'], /--colour/],
    ['has a tool whose name becomes scopes and paths', ['Weather', ...asked.slice(1)], /"Weather" cannot/],
    ['has no tool that is a resource of operators', ['agents', ...asked.slice(1)], /"agents" cannot/],
    ['has no tool that is there already', ['serpapi', ...asked.slice(1)], /there is a tool serpapi already/],
    [
      'has an action whose name becomes scopes and paths',
      ['weather', 'now!', ...asked.slice(2)],
      /"now!" cannot/,
    ],
    ['does what the world knows of', [...asked, '--effect', 'magic'], /"magic" is no effect/],
    ['asks a provider over HTTP', ['weather', 'now', '--base-url', 'ftp://a.test'], /is no base URL/],
    [
      'holds no credential in a URL',
      ['weather', 'now', '--base-url', 'https://a:b@c.test'],
      /is no base URL/,
    ],
    ['has a description that is one line', [...asked, '--description', 'a\nb'], /the description/],
  ];
  for (const [guarantee, args, told] of refusals) {
    it(guarantee, () => {
      const make = () => assertUsable(parseOptions(args) ?? assert.fail(), ['serpapi']);
      assert.throws(make, { name: 'PlanError', message: told });
    });
  }

  it('has a port that nobody prefers', () => {
    assert.equal(nextPort([4_011, 4_012, 4_014]), 4_013);
    assert.equal(nextPort([4_011, 4_012, 4_013, 4_014, 4_015, 4_016, 4_017, 4_018, 4_019]), 4_022);
  });
});
