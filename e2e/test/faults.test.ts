import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import type { Fault } from '@4runr/contracts/fault';
import type { AgentName } from '@4runr/local-stack';
import { clearFaults, listFaults, setFault } from './mesh/faults.ts';
import { ask, askAsOperator, callTool, problemOf, tokenOf } from './mesh/gateway.ts';
import { faultsOf, mailsWith } from './mesh/simulator.ts';

afterEach(clearFaults);

const search = { q: 'tea' };
/** What is kept shows no fault. */
const uncached = { headers: { 'cache-control': 'no-store' } };
const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: 'Hello' }] };
const page = (url: string) => ({ url });

type Call = readonly [action: string, params: object, by: AgentName, provider: string];

/** A call of each tool; of the web, over http and over https. */
const calls: Readonly<Record<string, readonly Call[]>> = {
  serpapi: [['serpapi/search', search, 'scraper', 'serpapi']],
  openai: [['openai/chat', chat, 'enricher', 'openai']],
  http_fetch: [
    ['http_fetch/get', page('http://example.com/'), 'scraper', 'web'],
    ['http_fetch/get', page('https://example.com/'), 'scraper', 'web'],
  ],
};

/** What each fault makes of a call that only reads. */
const faults: readonly (readonly [fault: Fault, status: number, code: string])[] = [
  [{ mode: 'error', rate: 1 }, 502, 'upstream.failed'],
  [{ mode: 'reset', rate: 1 }, 502, 'upstream.failed'],
  [{ mode: 'truncate', rate: 1 }, 502, 'upstream.failed'],
  [{ mode: 'malformed', rate: 1 }, 502, 'upstream.failed'],
  [{ mode: 'rate_limit', rate: 1 }, 502, 'upstream.failed'],
];

describe('a fault that an operator sets', () => {
  for (const [tool, callsOfTool] of Object.entries(calls)) {
    for (const [action, params, by, provider] of callsOfTool) {
      for (const [fault, status, code] of faults) {
        it(`${fault.mode} of ${tool} makes ${action} of ${JSON.stringify(params)} ${code}`, async () => {
          await setFault(tool, fault);
          const before = (await faultsOf(provider))[fault.mode] ?? 0;
          const answer = await callTool(action, params, { ...uncached, by });
          assert.deepEqual([answer.status, problemOf(answer).code], [status, code]);
          assert.ok(((await faultsOf(provider))[fault.mode] ?? 0) > before, 'it came from the fault');
        });
      }
    }
  }

  it('latency keeps a call waiting, and it ends well', async () => {
    await setFault('serpapi', { mode: 'latency', rate: 1, latencyMs: 300 });
    const startedAt = performance.now();
    assert.equal((await callTool('serpapi/search', search, uncached)).status, 200);
    assert.ok(performance.now() - startedAt >= 299);
  });

  it('timeout holds a call until its agent gives up', async () => {
    await setFault('serpapi', { mode: 'timeout', rate: 1 });
    const held = (await faultsOf('serpapi')).timeout ?? 0;
    const giveUp = new AbortController();
    const call = callTool('serpapi/search', search, { ...uncached, signal: giveUp.signal });
    const outcome = call.catch((error: Error) => error.name);
    while (((await faultsOf('serpapi')).timeout ?? 0) === held) await new Promise(setImmediate);
    giveUp.abort();
    assert.equal(await outcome, 'AbortError');
  });

  it('rate_limit of gmail_send refuses a mail, reset leaves it unknown, and neither sends it', async () => {
    const subject = `Faulty ${Date.now()}`;
    const send = () =>
      callTool('gmail_send/send', { to: 'ada@company.com', subject, text: 'Hello' }, { by: 'engager' });
    await setFault('gmail_send', { mode: 'rate_limit', rate: 1 });
    assert.equal(problemOf(await send()).code, 'upstream.failed');
    await setFault('gmail_send', { mode: 'reset', rate: 1 });
    assert.equal(problemOf(await send()).code, 'upstream.outcome_unknown');
    assert.deepEqual(await mailsWith(subject), []);
  });

  it('truncate of gmail_send leaves a mail unknown that was sent, once', async () => {
    const subject = `Truncated ${Date.now()}`;
    await setFault('gmail_send', { mode: 'truncate', rate: 1 });
    const params = { to: 'ada@company.com', subject, text: 'Hello' };
    const answer = await callTool('gmail_send/send', params, { by: 'engager' });
    assert.equal(problemOf(answer).code, 'upstream.outcome_unknown');
    assert.equal((await mailsWith(subject)).length, 1);
  });

  it('is over once it is taken back', async () => {
    await setFault('serpapi', { mode: 'error', rate: 1 });
    assert.equal((await callTool('serpapi/search', search, uncached)).status, 502);
    assert.equal((await askAsOperator('/v1/faults/serpapi', 'DELETE')).status, 204);
    assert.equal((await callTool('serpapi/search', search, uncached)).status, 200);
  });
});

describe('the faults at the edge', () => {
  const fault: Fault = { mode: 'error', rate: 0.25, status: 503, latencyMs: 10 };

  it('are shown as they were set, one by one and all together', async () => {
    await setFault('openai', fault);
    assert.deepEqual((await askAsOperator('/v1/faults/openai', 'GET')).json, fault);
    assert.deepEqual(await listFaults(), { items: [{ tool: 'openai', fault }] });
  });

  it('are answered by problem documents where something is wrong', async () => {
    const invalid = problemOf(await askAsOperator('/v1/faults/openai', 'PUT', { mode: 'error', rate: 7 }));
    assert.deepEqual(
      [invalid.code, invalid.errors?.map(({ pointer }) => pointer)],
      ['params.invalid', ['/rate']],
    );
    assert.equal(problemOf(await askAsOperator('/v1/faults/nope', 'PUT', fault)).code, 'tool.unknown');
    assert.equal(
      problemOf(await askAsOperator('/v1/faults/openai', 'POST', fault)).code,
      'method.unsupported',
    );
  });

  it('are for operators alone', async () => {
    for (const [authorization, code] of [
      ['', 'token.missing'],
      ['Bearer garbage', 'token.invalid'],
      [`Bearer ${await tokenOf('scraper')}`, 'scope.insufficient'],
    ] as const) {
      const answer = await ask('/v1/faults/openai', {
        method: 'PUT',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(fault),
      });
      assert.equal(problemOf(answer).code, code);
      assert.match(String(answer.headers['x-correlation-id']), /^[0-9a-f]{32}$/);
    }
    assert.deepEqual(await listFaults(), { items: [] });
  });
});
