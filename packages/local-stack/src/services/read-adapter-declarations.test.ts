import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fillSimulatorTemplate } from './adapter-declaration.ts';
import { adapterDeclarations, readAdapterDeclarations } from './read-adapter-declarations.ts';

const weather = { tool: 'weather', port: 4021, credential: true, settings: 'WEATHER_', mock: {} };
const tides = { tool: 'high_tides', port: 4020, credential: false, settings: 'TIDES_', mock: {} };

describe('the adapters of a repository', () => {
  let root: string;
  before(() => {
    root = mkdtempSync(path.join(tmpdir(), 'declarations-'));
  });
  after(() => rmSync(root, { recursive: true }));

  function read(folders: Readonly<Record<string, object | string>>) {
    rmSync(path.join(root, 'services'), { recursive: true, force: true });
    for (const [name, declaration] of Object.entries(folders)) {
      const folder = path.join(root, 'services/tool-adapters', name);
      mkdirSync(folder, { recursive: true });
      const text = typeof declaration === 'string' ? declaration : JSON.stringify(declaration);
      writeFileSync(path.join(folder, 'adapter.json'), text);
    }
    return readAdapterDeclarations(root);
  }

  it('are those that have a folder, in the order of their ports', () => {
    const found = read({ weather, 'high-tides': tides });
    assert.deepEqual(
      found.map(({ tool, folder }) => [tool, folder]),
      [
        ['high_tides', 'services/tool-adapters/high-tides'],
        ['weather', 'services/tool-adapters/weather'],
      ],
    );
    assert.deepEqual(read({}), []);
  });

  it('bring the file that says how their provider answers, where they have one', () => {
    assert.equal(read({ weather })[0]?.providerFile, undefined);
    const file = path.join(root, 'services/tool-adapters/weather/simulated-provider.json');
    writeFileSync(file, '{}');
    assert.equal(readAdapterDeclarations(root)[0]?.providerFile, file);
  });

  const refusals: readonly [guarantee: string, folders: Parameters<typeof read>[0], told: RegExp][] = [
    [
      'say all that is asked of them',
      { weather: { tool: 'weather' } },
      /weather\/adapter\.json is not usable:\n {2}port/,
    ],
    ['say it in JSON', { weather: '{' }, /weather\/adapter\.json is not JSON/],
    ['lie where their tool says', { wether: weather }, /whose folder would be weather/],
    ['do not share a port', { weather, 'high-tides': { ...tides, port: 4021 } }, /the same port: 4021/],
    [
      'do not share settings',
      { weather, 'high-tides': { ...tides, settings: 'WEATHER_' } },
      /the same settings: WEATHER_/,
    ],
    [
      'have no tool that is a resource of operators',
      { agents: { ...weather, tool: 'agents' } },
      /tool: is a resource/,
    ],
  ];
  for (const [guarantee, folders, told] of refusals)
    it(guarantee, () => assert.throws(() => read(folders), told));

  it('are, in this one, all usable', () => {
    assert.ok(adapterDeclarations.length >= 4);
  });
});

describe('what an adapter is told while providers are simulated', () => {
  const simulator = {
    url: 'http://127.0.0.1:4020',
    http: '127.0.0.1:4020',
    https: '127.0.0.1:4021',
    caFile: '/ca.pem',
    hosts: ['a.test', '*.a.test'],
  };

  it('is where the simulator is', () => {
    assert.equal(fillSimulatorTemplate('{simulator}/token', simulator), 'http://127.0.0.1:4020/token');
    assert.equal(
      fillSimulatorTemplate('{simulator.hosts} {simulator.http} {simulator.https} {simulator.ca}', simulator),
      'a.test,*.a.test 127.0.0.1:4020 127.0.0.1:4021 /ca.pem',
    );
  });

  it('is nothing else', () => {
    assert.throws(() => fillSimulatorTemplate('{root}', simulator), /\{root\} is nothing/);
    assert.throws(() => fillSimulatorTemplate('{constructor}', simulator), /\{constructor\} is nothing/);
  });
});
