import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { headers } from '@4runr/contracts/headers';
import { clearFaults, setFault } from './mesh/faults.ts';
import { callTool, problemOf } from './mesh/gateway.ts';
import { faultsOf } from './mesh/simulator.ts';

const search = { q: 'precautions' };
const error = { mode: 'error', rate: 1 } as const;

/** Of the provider, not of what is kept of its answers. */
const callSearch = (fields: Readonly<Record<string, string>> = {}) =>
  callTool('serpapi/search', search, { headers: { 'cache-control': 'no-store', ...fields } });

afterEach(clearFaults);

describe('a tool whose provider fails', () => {
  it('is asked up to three times for a call that reads', async () => {
    for (let time = 0; time < 4; time += 1) assert.equal((await callSearch()).status, 200);
    await setFault('serpapi', error);
    const before = (await faultsOf('serpapi')).error ?? 0;
    assert.equal(problemOf(await callSearch()).code, 'upstream.failed');
    assert.equal(((await faultsOf('serpapi')).error ?? 0) - before, 3);
  });

  it('is given up at once after a while, and asked again when it works', async () => {
    await setFault('serpapi', error);
    let code = '';
    for (let calls = 0; calls < 20 && code !== 'breaker.open'; calls += 1)
      code = problemOf(await callSearch()).code;
    const refused = await callSearch();
    assert.deepEqual([problemOf(refused).code, problemOf(refused).dispatched], ['breaker.open', 'no']);
    assert.match(String(refused.headers['retry-after']), /^[123]$/);
    assert.equal((await callTool('http_fetch/get', { url: 'https://example.com/' })).status, 200);
    await clearFaults();
    assert.equal((await callSearch()).status, 200);
  });

  it('is waited for as long as the caller says', async () => {
    await setFault('serpapi', { mode: 'timeout', rate: 1 });
    const startedAt = performance.now();
    const answer = await callSearch({ prefer: 'wait=1' });
    assert.equal(problemOf(answer).code, 'upstream.timeout');
    assert.equal(answer.headers[headers.preferenceApplied.toLowerCase()], 'wait=1');
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs >= 950 && tookMs < 3_000, `${tookMs} ms`);
  });
});
