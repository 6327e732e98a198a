import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { callResponseSchema } from '@4runr/contracts/call';
import { createEdgeClient, requestToken, type Stack } from '@4runr/local-stack';
import { request } from 'undici';
import { startProofStack } from '../proofs/measure/proof-stack.ts';
import { clearFaults, setFault } from './mesh/faults.ts';
import { callTool, problemOf } from './mesh/gateway.ts';
import { type ProxyBeside, startProxyBeside } from './mesh/proxy-beside.ts';
import { answersOf, faultsOf } from './mesh/simulator.ts';

describe('with FF_ASYNC=off, FF_POLICY=off and FF_CHAOS=off', () => {
  let stack: Stack & AsyncDisposable;
  let edge: ReturnType<typeof createEdgeClient>;
  let scraper: string;

  before(async () => {
    stack = await startProofStack({ environment: { FF_ASYNC: 'off', FF_POLICY: 'off' } });
    const described = stack.describe();
    edge = createEdgeClient({ url: described.edge.https, caFile: described.edge.ca });
    scraper = await requestToken(edge, described.agents.scraper);
  });
  after(async () => {
    await edge?.close();
    await stack?.[Symbol.asyncDispose]();
  });

  const call = (action: string, json: object) =>
    edge.send(`/v1/tools/${action}`, { method: 'POST', token: scraper, json });
  const codeOf = ({ body }: { readonly body: unknown }) => (body as { readonly code?: string }).code;

  it('every call is answered at once, whatever it prefers, and there are no jobs', async () => {
    const answer = await request(`${stack.describe().edge.http}/v1/tools/serpapi/search`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${scraper}`,
        'content-type': 'application/json',
        prefer: 'respond-async',
      },
      body: '{"q":"tea"}',
    });
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['preference-applied'], undefined);
    assert.equal(((await answer.body.json()) as { meta: { tool: string } }).meta.tool, 'serpapi');
    const none = await edge.send('/v1/jobs/job_6f6a7dd0-5c0b-4c3c-9a58-0b8f3f1d7a10', { token: scraper });
    assert.deepEqual([none.status, codeOf(none)], [404, 'route.unknown']);
  });

  it('every agent may do everything that its token carries', async () => {
    const mail = { to: 'anybody@elsewhere.example', subject: 'Hello', text: 'There is no policy.' };
    assert.equal((await call('gmail_send/send', mail)).status, 200);
  });

  it('nobody makes the providers fail', async () => {
    const operator = await requestToken(edge, stack.describe().operator);
    const json = { mode: 'error', rate: 1 };
    const none = await edge.send('/v1/faults/serpapi', { method: 'PUT', token: operator, json });
    assert.deepEqual([none.status, codeOf(none)], [404, 'route.unknown']);
    assert.equal((await call('serpapi/search', { q: 'coffee' })).status, 200);
  });
});

describe('with FF_CACHE=off, FF_RETRY=off and FF_BREAKERS=off', () => {
  let proxy: ProxyBeside;
  before(async () => {
    proxy = await startProxyBeside({ FF_CACHE: 'off', FF_RETRY: 'off', FF_BREAKERS: 'off' });
  });
  after(() => proxy?.stop());
  afterEach(clearFaults);

  it('every call is carried out, also where an answer is kept', async () => {
    const params = { q: `what is kept elsewhere ${Date.now()}` };
    await callTool('serpapi/search', params);
    const before = await answersOf('serpapi', 200);
    for (let calls = 0; calls < 3; calls += 1) {
      const answer = await proxy.callTool('serpapi/search', params);
      assert.equal(answer.status, 200, answer.text);
      assert.equal(callResponseSchema.parse(answer.json).meta.cache, 'bypass');
      assert.equal(answer.headers['cache-status'], undefined);
    }
    assert.equal((await answersOf('serpapi', 200)) - before, 3);
  });

  it('every call asks its provider, once, however much that fails', async () => {
    await setFault('serpapi', { mode: 'error', rate: 1 });
    const before = (await faultsOf('serpapi')).error ?? 0;
    const calls = 25;
    for (let made = 0; made < calls; made += 1) {
      const answer = await proxy.callTool('serpapi/search', { q: 'once' });
      assert.equal(problemOf(answer).code, 'upstream.failed');
    }
    assert.equal(((await faultsOf('serpapi')).error ?? 0) - before, calls);
  });
});
