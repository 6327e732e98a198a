import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startSimulator } from '../../src/testing/start-simulator.ts';
import { type FaultySimulator, startFaultySimulator } from '../fixtures/faulty-simulator.ts';

const documented = { source: 'https://docs.weather.test/now', date: '2026-11-25' };
const weather = {
  tool: 'weather',
  credential: 'header.x-api-key',
  answers: [
    {
      method: 'GET',
      path: '/v1/now/{place}',
      when: { 'header.x-api-key': null },
      ...documented,
      status: 401,
      body: {},
    },
    {
      method: 'GET',
      path: '/v1/now/{place}',
      ...documented,
      body: { place: '{place}', units: '{query.units}' },
    },
    { method: 'POST', path: '/v1/reports', ...documented, status: 201, body: { text: '{body.text}' } },
  ],
  failure: { ...documented, body: { fault: { code: '{status}', text: '{detail}' } } },
};

describe('a provider of a file', () => {
  let folder: string;
  let simulator: FaultySimulator;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'providers-'));
    simulator = await startFaultySimulator({ PROVIDERS_FILES: await write('weather.json', weather) });
  });
  after(async () => {
    await simulator.stop();
    await rm(folder, { recursive: true });
  });

  async function write(name: string, content: object): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, JSON.stringify(content));
    return file;
  }
  const ask = (target: string, init: RequestInit = {}) =>
    simulator.request(`/providers/weather${target}`, { headers: { 'x-api-key': 'k' }, ...init });

  it('is played below a path of its own', async () => {
    const answer = await ask('/v1/now/A%2FB?units=si');
    assert.deepEqual([answer.status, await answer.json()], [200, { place: 'A/B', units: 'si' }]);
    assert.equal((await ask('/v1/now/a', { headers: {} })).status, 401);
  });

  it('reads JSON bodies, and says of broken ones in its own form that they are', async () => {
    const post = (body: string) =>
      ask('/v1/reports', { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    const taken = await post('{"text":"rain"}');
    assert.deepEqual([taken.status, await taken.json()], [201, { text: 'rain' }]);
    const broken = await post('{');
    assert.equal(broken.status, 400);
    assert.equal(((await broken.json()) as { fault: { code: number } }).fault.code, 400);
  });

  it('says in its own form what it does not have', async () => {
    const answer = await ask('/v2');
    assert.deepEqual(
      [answer.status, await answer.json()],
      [404, { fault: { code: 404, text: 'Not found.' } }],
    );
  });

  it('is counted, and so are the credentials that it is shown', async () => {
    const routesOf = async () =>
      (await simulator.counts())
        .filter(({ provider }) => provider === 'weather')
        .map(({ route }) => route)
        .sort();
    assert.deepEqual(await routesOf(), [
      'GET /providers/weather/v1/now/:place',
      'GET unknown',
      'POST /providers/weather/v1/reports',
    ]);
    const shown = (await (await simulator.request('/_sim/credentials')).json()) as {
      items: { provider: string }[];
    };
    assert.ok(shown.items.some(({ provider }) => provider === 'weather'));
  });

  it('is hit by faults of its tool, in its own form', async () => {
    await simulator.setFault('weather', { mode: 'rate_limit', rate: 1 });
    const limited = await ask('/v1/now/a');
    assert.equal((await simulator.askForFaults('/weather', { method: 'DELETE' })).status, 204);
    assert.deepEqual(
      [limited.status, limited.headers.get('retry-after'), await limited.json()],
      [429, '1', { fault: { code: 429, text: 'Too many requests.' } }],
    );
    assert.equal((await ask('/v1/now/a')).status, 200);
  });

  it('that cannot be used, is not there, or is played already keeps the simulator from starting', async () => {
    const starting = (files: string) => startSimulator({ PROVIDERS_FILES: files });
    const broken = await write('broken.json', { ...weather, failure: undefined });
    await assert.rejects(
      starting(broken),
      /broken\.json: the simulated provider is not usable:\n {2}failure/,
    );
    await assert.rejects(starting(path.join(folder, 'none.json')), /none\.json: ENOENT/);
    const openai = await write('openai.json', { ...weather, tool: 'openai' });
    await assert.rejects(starting(openai), /openai is played already/);
    const twice = await write('weather.json', weather);
    await assert.rejects(starting(`${twice},${twice}`), /weather is played already/);
  });
});
