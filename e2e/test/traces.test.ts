import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readTrace, type Span } from '@4runr/local-stack';
import { e2e } from './mesh/config.ts';
import { drawTrace } from './mesh/drawn-trace.ts';
import { clearFaults, setFault } from './mesh/faults.ts';
import { type Answer, ask, callTool, stack, tokenOf } from './mesh/gateway.ts';
import { submitTraced, untilJob } from './mesh/jobs.ts';

const folder = stack().traces.folder ?? '';

/** Spans are exported in batches: waits until the whole tree has arrived. */
async function traceOf(traceId: string, isWhole: (spans: readonly Span[]) => boolean): Promise<Span[]> {
  const deadline = AbortSignal.timeout(15_000);
  for (;;) {
    const spans = readTrace(folder, traceId);
    if (isWhole(spans) || deadline.aborted) return spans;
    await wait(100);
  }
}

const idOf = ({ headers }: Answer) => String(headers['x-correlation-id']);

/** What `traces/<name>.txt` draws is what comes in, as a whole. */
async function assertDrawn(
  name: string,
  traceId: string,
  linked: Readonly<Record<string, string>> = {},
): Promise<void> {
  const file = path.join(import.meta.dirname, 'traces', `${name}.txt`);
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const spans = await traceOf(traceId, (found) => drawTrace(found, linked) === expected);
  if (process.env.DRAW_TRACES === 'on') writeFileSync(file, drawTrace(spans, linked));
  assert.equal(drawTrace(spans, linked), expected);
}

/** What no span may hold though it was in a call; each stands in one of those below. */
const said = {
  query: 'a-most-private-question',
  address: 'eve@elsewhere.example',
  subject: 'a most private subject',
  message: 'my secret is Rosebud',
  page: '/private-page',
} as const;
const uncached = { headers: { 'cache-control': 'no-store' } };

after(clearFaults);

/** One after the other, so that their spans arrive together. @returns the id of each one's trace */
async function makeCalls() {
  const allowed = await callTool('serpapi/search', { q: said.query });
  const cached = await callTool('serpapi/search', { q: said.query });
  const mail = { to: said.address, subject: said.subject, text: 'Hello' };
  const denied = await callTool('gmail_send/send', mail, { by: 'engager' });
  const page = { url: `${e2e.webUrl}${said.page}?token=${said.query}` };
  const { id, traceId } = await submitTraced('http_fetch/get', page);
  const { result } = await untilJob(id, ({ status }) => status === 'succeeded');
  const streamed = await ask('/openai/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${await tokenOf('enricher')}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'gpt-4o-mini',
      messages: [{ role: 'user', content: said.message }],
      stream: true,
    }),
  });
  await setFault('serpapi', { mode: 'error', rate: 1 });
  const retried = await callTool('serpapi/search', { q: said.query }, uncached);
  await clearFaults();
  const answers = [allowed, cached, denied, streamed, retried];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 403, 200, 502],
  );
  return {
    ...{ allowed: idOf(allowed), cached: idOf(cached), denied: idOf(denied) },
    ...{ retried: idOf(retried), streamed: idOf(streamed) },
    ...{ accepted: traceId, run: result?.meta.traceId ?? '' },
  };
}

describe('the spans of', () => {
  let ids: Awaited<ReturnType<typeof makeCalls>>;
  before(async () => {
    ids = await makeCalls();
  });

  it('an allowed call lead from the edge id through policy, cache and adapter to the provider', () =>
    assertDrawn('allowed-call', ids.allowed));

  it('the same call from the cache end there', () => assertDrawn('cached-call', ids.cached));

  it('a denied call name the policy, its version and its rule', () => assertDrawn('denied-call', ids.denied));

  it('a call that is made three times in vain show each attempt by itself, and why it failed', () =>
    assertDrawn('call-with-retries', ids.retried));

  it('a job are two traces: its acceptance, and its run, which is linked to it', async () => {
    await assertDrawn('accepted-job', ids.accepted);
    await assertDrawn('run-of-a-job', ids.run, { [ids.accepted]: 'its acceptance' });
  });

  it('a streamed chat name the model and the tokens, and last until the stream has ended', () =>
    assertDrawn('streamed-chat', ids.streamed));
});

describe('a trace', () => {
  it('keeps the id of a caller, and is no child of a span that nobody exports', async () => {
    const traceId = 'abcdefabcdefabcdefabcdefabcdefab';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
    const answer = await callTool('serpapi/search', { q: 'traced by the caller' }, { headers });
    assert.equal(idOf(answer), traceId);
    const spans = await traceOf(traceId, (found) => found.some(({ parentSpanId }) => parentSpanId === ''));
    assert.equal(spans.filter(({ parentSpanId }) => parentSpanId === '').length, 1);
  });

  it('is named by the bucket of the latency that its call was counted in', async () => {
    const answer = await callTool('serpapi/search', { q: 'the newest of its bucket' }, uncached);
    const [proxy] = stack().services['proxy-service'] ?? [];
    const accept = 'application/openmetrics-text;version=1.0.0';
    const metrics = await (await fetch(`${proxy?.url}/metrics`, { headers: { accept } })).text();
    const bucket = 'gateway_request_duration_ms_bucket\\{[^}]*tool="serpapi"[^}]*\\} \\d+';
    assert.match(metrics, new RegExp(`${bucket} # \\{trace_id="${idOf(answer)}"\\} `));
  });

  it('tells of a breaker that the call has opened', async () => {
    await setFault('openai', { mode: 'error', rate: 1 });
    const chat = { model: 'gpt-4o-mini', messages: [{ role: 'user', content: said.message }] };
    let answer = await callTool('openai/chat', chat, { by: 'enricher' });
    let opening = answer;
    while (answer.status !== 503) {
      opening = answer;
      answer = await callTool('openai/chat', chat, { by: 'enricher' });
    }
    const isOpening = ({ events }: Span) => events.some(({ name }) => name === 'breaker');
    const spans = await traceOf(idOf(opening), (found) => found.some(isOpening));
    assert.deepEqual(spans.find(isOpening)?.events.find(({ name }) => name === 'breaker')?.attributes, {
      'gateway.breaker.target': 'openai',
      'gateway.breaker.from': 'closed',
      'gateway.breaker.to': 'open',
    });
    await clearFaults();
  });

  it('holds no credential, and nothing of what a call was made with or answered', async () => {
    const last = await callTool('serpapi/search', { q: 'the last one' });
    await traceOf(idOf(last), (found) => found.some(({ parentSpanId }) => parentSpanId === ''));
    const exported = globSync(path.join(folder, '*')).map((file) => readFileSync(file, 'utf8'));
    const tokens = await Promise.all((['scraper', 'enricher', 'engager'] as const).map(tokenOf));
    for (const text of [...Object.values(said), ...tokens, 'api_key', 'Bearer', 'eyJ', 'PRIVATE KEY', 'sk-'])
      assert.ok(!exported.some((spans) => spans.includes(text)), text);
  });
});
