import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startFaultySimulator } from '../fixtures/faulty-simulator.ts';
import { providerRequests } from '../fixtures/provider-requests.ts';
import { exchangeRaw } from '../fixtures/raw-exchange.ts';

describe('a file of faults', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'faults-'));
  });
  after(() => rm(folder, { recursive: true }));

  const write = async (content: string) => {
    const file = path.join(folder, 'faults.json');
    await writeFile(file, content);
    return { FAULTS_FILE: file };
  };

  it('is in force from the first request on, and can be changed like any fault', async (t) => {
    const simulator = await startFaultySimulator(
      await write('{"serpapi": {"mode": "error", "rate": 1, "status": 502}}'),
    );
    t.after(() => simulator.stop());
    const request = await (providerRequests.serpapi ?? assert.fail())(simulator);
    assert.equal((await exchangeRaw(simulator.service.port, request)).status, 502);
    assert.equal((await simulator.askForFaults('/serpapi', { method: 'DELETE' })).status, 204);
    assert.equal((await exchangeRaw(simulator.service.port, request)).status, 200);
  });

  it('that cannot be used keeps the simulator from starting', async () => {
    await assert.rejects(startFaultySimulator(await write('{"serpapi": {"mode": "explode"}}')), {
      message: /serpapi\.mode: .*\n.*serpapi\.rate: /,
    });
  });

  it('that is not there keeps the simulator from starting', async () => {
    await assert.rejects(startFaultySimulator({ FAULTS_FILE: path.join(folder, 'none.json') }), /ENOENT/);
  });
});

describe('the same seed', () => {
  /** Which of 60 requests a fault of rate 0.5 hits. */
  async function hits(seed: string): Promise<boolean[]> {
    const simulator = await startFaultySimulator({ FAULT_SEED: seed });
    try {
      await simulator.setFault('serpapi', { mode: 'error', rate: 0.5 });
      const seen: boolean[] = [];
      for (let count = 0; count < 60; count += 1)
        seen.push((await simulator.request('/search.json?q=tea&api_key=k')).status === 500);
      return seen;
    } finally {
      await simulator.stop();
    }
  }

  it('hits the same requests in another run, and another seed others', async () => {
    const first = await hits('a seed');
    assert.ok(first.includes(true) && first.includes(false));
    assert.deepEqual(await hits('a seed'), first);
    assert.notDeepEqual(await hits('another'), first);
  });
});
