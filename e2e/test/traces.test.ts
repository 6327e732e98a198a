import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { readTrace, type Span } from '@4runr/local-stack';
import { callTool, stack } from './mesh/gateway.ts';

/** Spans are exported in batches: waits until the whole tree has arrived. */
async function traceOf(traceId: string, isWhole: (spans: readonly Span[]) => boolean): Promise<Span[]> {
  const folder = stack().traces.folder ?? '';
  const deadline = AbortSignal.timeout(15_000);
  for (;;) {
    const spans = readTrace(folder, traceId);
    if (isWhole(spans) || deadline.aborted) return spans;
    await wait(100);
  }
}

/** `service: name` from the root down, in the order of their start. */
function tree(spans: readonly Span[], parent = '', depth = 0): string[] {
  return spans
    .filter(({ parentSpanId }) => parentSpanId === parent)
    .sort((a, b) => a.startMs - b.startMs)
    .flatMap((span) => [
      `${'  '.repeat(depth)}${span.service}: ${span.name}`,
      ...tree(spans, span.spanId, depth + 1),
    ]);
}

describe('one trace', () => {
  it('leads from the edge id through proxy, policy and adapter to the provider', async () => {
    const answer = await callTool('serpapi/search', { q: 'one trace' });
    const traceId = String(answer.headers['x-correlation-id']);
    const spans = await traceOf(traceId, (found) => found.length >= 7);
    assert.deepEqual(tree(spans), [
      'proxy-service: POST /v1/tools/:tool/:action',
      '  proxy-service: POST policy-service',
      '    policy-service: POST /access/v1/evaluation',
      '  proxy-service: POST adapter-serpapi',
      '    adapter-serpapi: POST /actions/:action',
      '      adapter-serpapi: GET /search.json',
      '        provider-simulator: GET /search.json',
    ]);
    const [root] = spans.filter(({ parentSpanId }) => parentSpanId === '');
    assert.deepEqual(
      root?.events.map(({ name }) => name),
      [
        'admit',
        'authenticate',
        'share',
        'resolve',
        'validate',
        'idempotency',
        'authorize',
        'forward',
        'filter',
      ],
    );
  });

  it('keeps the trace id of a caller, and is no child of a span that nobody exports', async () => {
    const traceId = 'abcdefabcdefabcdefabcdefabcdefab';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
    const answer = await callTool('serpapi/search', { q: 'traced by the caller' }, { headers });
    assert.equal(answer.headers['x-correlation-id'], traceId);
    const spans = await traceOf(traceId, (found) => found.length >= 7);
    assert.equal(spans.filter(({ parentSpanId }) => parentSpanId === '').length, 1);
  });

  it('holds no secret and no parameter', async () => {
    const answer = await callTool('serpapi/search', { q: 'a most private question' });
    const spans = await traceOf(String(answer.headers['x-correlation-id']), (found) => found.length >= 7);
    assert.ok(!/private question|api_key|Bearer|eyJ/.test(JSON.stringify(spans)));
  });
});
