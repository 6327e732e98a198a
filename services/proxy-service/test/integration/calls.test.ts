import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { adapterRequestSchema, adapterResponseExample, callResponseSchema } from '@4runr/contracts/call';
import {
  allowedResponseExample,
  deniedResponseExample,
  evaluationRequestSchema,
  guardDeniedResponseExample,
} from '@4runr/contracts/decision';
import { problemIn } from '../fixtures/calling.ts';
import { answer } from '../fixtures/peer.ts';
import { anEffect, aRead } from '../fixtures/proxy-under-test.ts';
import { withRunningProxy } from '../fixtures/running-proxy.ts';

const proxy = withRunningProxy();
const { call } = proxy;

const contextAsked = () =>
  evaluationRequestSchema.parse(proxy.neighbours.policy.received.at(-1)?.body).context;
const carriedOut = () => proxy.neighbours.web.received.filter(({ method }) => method === 'POST');

describe('an allowed call', () => {
  it('answers with the result, and with what became of the call', async () => {
    const { status, headers, text } = await call();
    assert.equal(status, 200);
    const { data, meta } = callResponseSchema.parse(JSON.parse(text));
    assert.deepEqual(data, adapterResponseExample.result);
    assert.deepEqual([meta.tool, meta.action, meta.cache, meta.attempts], ['web', 'fetch', 'bypass', 1]);
    assert.equal(meta.traceId, headers['x-correlation-id']);
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
  });

  it('says where the time went, and how long the token lives', async () => {
    const { headers } = await call();
    assert.match(String(headers['server-timing']), /^auth;dur=.+, policy;dur=.+, adapter;dur=.+, total;dur=/);
    assert.ok(Number(headers['x-token-expires-in']) > 880);
    assert.equal(headers['x-token-rotation-recommended'], undefined);
  });

  it('keeps the trace id that the edge gave it', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const { headers } = await call({ headers: { 'x-correlation-id': traceId } });
    assert.equal(headers['x-correlation-id'], traceId);
    const parent = proxy.neighbours.web.received.at(-1)?.headers.traceparent;
    assert.match(String(parent), new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  });

  it('is asked about with its facts, its intent and the length of its body', async () => {
    await call({ body: ' {"url":"u"} ', headers: { 'agent-intent': 'lead_discovery' } });
    const { facts, intent, requestBytes, dryRun } = contextAsked();
    assert.deepEqual(facts, { url: ['u'], model: [], recipient: [] });
    assert.deepEqual([intent, requestBytes, dryRun], ['lead_discovery', 13, false]);
  });

  it('has the length of its body counted as it came in, also in chunks', async () => {
    const body = ' {"url": "ä"} ';
    await call({ body, headers: { 'transfer-encoding': 'chunked' } });
    assert.equal(contextAsked().requestBytes, Buffer.byteLength(body));
  });

  it('goes to its adapter under the id that policy was asked with, by the permit alone', async () => {
    await call();
    const [arrived] = carriedOut();
    assert.equal(arrived?.path, '/actions/fetch');
    assert.deepEqual(arrived?.body, { callId: contextAsked().callId, params: aRead.params });
    assert.equal(arrived?.headers['gateway-permit'], allowedResponseExample.context.permit);
  });

  it('never takes the agent’s access token inside', async () => {
    const authorization = await proxy.bearer();
    await call({ headers: { authorization } });
    const { policy, web } = proxy.neighbours;
    const inside = JSON.stringify([policy.received, web.received]);
    assert.ok(!inside.includes(authorization.split('.')[2] ?? ''));
  });

  it('reaches an action whose name every object has', async () => {
    assert.equal((await call({ path: '/v1/tools/web/constructor' })).status, 200);
  });

  it('of a second member of the same name takes the last, for policy and adapter alike', async () => {
    await call({ body: '{"url": "first", "url": "last"}' });
    assert.deepEqual(contextAsked().facts.url, ['last']);
    assert.deepEqual(adapterRequestSchema.parse(carriedOut()[0]?.body).params, { url: 'last' });
  });

  it('may be as large as the limit', async () => {
    const url = `"${'u'.repeat(2_048)}"`;
    const body = `{"url": ${url}, "x": "${'x'.repeat(1_000_000)}"}`;
    assert.equal((await call({ body })).status, 200);
  });
});

describe('a denied call', () => {
  it('is not carried out, and says why and by which decision', async () => {
    proxy.neighbours.policy.play((_received, response) => answer(response, guardDeniedResponseExample));
    const answered = await call();
    const { code, reason, decisionId, detail } = problemIn(answered);
    const { context } = guardDeniedResponseExample;
    assert.deepEqual([code, reason, decisionId], ['policy.denied', 'intent', context.decisionId]);
    assert.equal(detail, context.reasons.map((each) => each.detail).join(' '));
    assert.deepEqual(carriedOut(), []);
  });

  it('says where the time went and how long the token lives, as an allowed one does', async () => {
    proxy.neighbours.policy.play((_received, response) => answer(response, deniedResponseExample));
    const { headers } = await call();
    assert.match(String(headers['server-timing']), /^auth;dur=.+, policy;dur=.+, total;dur=/);
    assert.ok(Number(headers['x-token-expires-in']) > 880);
  });
});

describe('what is measured', () => {
  it('counts calls by tool, action and status', async () => {
    const before = await proxy.metric('gateway_requests_total', 'tool="mail",action="send",code="200"');
    await call({ path: anEffect.path, body: JSON.stringify(anEffect.params) });
    const after = await proxy.metric('gateway_requests_total', 'tool="mail",action="send",code="200"');
    assert.equal(after - before, 1);
  });

  it('takes the provider’s time out of what the gateway costs', async () => {
    const names = ['gateway_request_duration_ms_sum', 'gateway_overhead_duration_ms_sum'] as const;
    const [duration, overhead] = await Promise.all(names.map((name) => proxy.metric(name)));
    proxy.neighbours.web.play((_received, response) =>
      answer(response, adapterResponseExample, { 'server-timing': 'upstream;dur=0.5' }),
    );
    await call();
    const [durationAfter, overheadAfter] = await Promise.all(names.map((name) => proxy.metric(name)));
    const took = Number(durationAfter) - Number(duration);
    const cost = Number(overheadAfter) - Number(overhead);
    assert.ok(Math.abs(took - cost - 0.5) < 1e-6, `${took} less 0.5 is not ${cost}`);
  });

  it('holds no name that a client made up', async () => {
    await call({ path: '/v1/tools/hostile-label/x' });
    assert.equal(await proxy.metric('gateway_requests_total', 'hostile-label'), 0);
    assert.ok((await proxy.metric('gateway_requests_total', 'tool="unknown",action="unknown"')) > 0);
  });
});
