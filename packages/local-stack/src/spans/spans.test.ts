import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createTracing } from '@4runr/service-kit/telemetry';
import { createReceiver } from './receiver.ts';
import type { Span } from './span.ts';
import { createSpanStore, readTrace } from './span-store.ts';
import { isComplete, renderTree } from './trace-tree.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';

const span = (spanId: string, parentSpanId: string, more: Partial<Span> = {}): Span => ({
  traceId,
  spanId,
  parentSpanId,
  service: 'proxy-service',
  name: `span ${spanId}`,
  kind: 'INTERNAL',
  startMs: 1_000,
  durationMs: 10,
  attributes: {},
  events: [],
  links: [],
  ...more,
});

describe('the receiver of spans', () => {
  const received: Span[] = [];
  const server = createReceiver((spans) => received.push(...spans));
  let url: string;
  before(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it('understands what the services export', async () => {
    received.length = 0;
    const sampling = { ratio: 1, slowMs: 1_000 };
    const tracing = createTracing({ service: 'auth-service', version: '1', otlpEndpoint: url, ...sampling });
    const exported = tracing.startServerSpan('POST /oauth/token', { correlationId: traceId });
    exported.setAttributes({ 'http.response.status_code': 200, 'gateway.cached': true, list: ['a', 'b'] });
    exported.addEvent('step', { share: 0.5 });
    exported.addLink({ context: { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 1 } });
    exported.setStatus({ code: 2, message: 'broken' });
    exported.end();
    await tracing.close();
    const [got] = received;
    assert.equal(got?.traceId, traceId);
    assert.deepEqual([got?.service, got?.name, got?.error], ['auth-service', 'POST /oauth/token', 'broken']);
    assert.deepEqual(got?.attributes, {
      'http.response.status_code': 200,
      'gateway.cached': true,
      list: ['a', 'b'],
    });
    assert.deepEqual(
      [got?.kind, got?.links],
      ['SERVER', [{ traceId: 'e'.repeat(32), spanId: 'f'.repeat(16) }]],
    );
    assert.deepEqual([got?.events[0]?.name, got?.events[0]?.attributes], ['step', { share: 0.5 }]);
    assert.ok(Math.abs((got?.startMs ?? 0) - Date.now()) < 10_000);
  });

  it('understands JSON, compressed too', async () => {
    received.length = 0;
    const wire = {
      traceId: traceId.toUpperCase(),
      spanId: 'B7AD6B7169203331',
      name: 'x',
      startTimeUnixNano: '1700000000000000000',
      endTimeUnixNano: '1700000000012500000',
    };
    const body = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [wire] }] }] });
    const response = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync(body),
    });
    assert.deepEqual([response.status, await response.json()], [200, {}]);
    assert.deepEqual(
      [received[0]?.traceId, received[0]?.spanId, received[0]?.durationMs],
      [traceId, 'b7ad6b7169203331', 12.5],
    );
  });

  it('answers 400 to anything else', async () => {
    for (const type of ['application/json', 'application/x-protobuf']) {
      const response = await fetch(`${url}/v1/traces`, {
        method: 'POST',
        headers: { 'Content-Type': type },
        body: 'garbage',
      });
      assert.equal(response.status, 400, type);
      await response.text();
    }
  });
});

describe('the store of spans', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), '4runr-spans-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('gives back a trace, also to another process and after a restart', () => {
    createSpanStore(folder).add([span('a', ''), { ...span('x', ''), traceId: 'f'.repeat(32) }]);
    createSpanStore(folder).add([span('b', 'a')]);
    assert.deepEqual(readTrace(folder, traceId), [span('a', ''), span('b', 'a')]);
  });

  it('never grows beyond its bound, and keeps the newest', () => {
    const small = join(folder, 'small');
    const store = createSpanStore(small, { segmentBytes: 500, segmentsMax: 3 });
    for (let index = 0; index < 100; index += 1) store.add([span(`s${index}`, '')]);
    assert.ok(readdirSync(small).length <= 3);
    assert.equal(readTrace(small, traceId).at(-1)?.spanId, 's99');
  });
});

describe('a trace for people', () => {
  const spans = [
    span('c', 'b', {
      service: 'adapter-serpapi',
      name: 'POST /actions/search',
      startMs: 1_003,
      durationMs: 4,
    }),
    span('a', '', {
      name: 'POST /v1/tools',
      durationMs: 12,
      attributes: { 'http.response.status_code': 502, 'gateway.agent': 'agt_1' },
      error: 'failed',
    }),
    span('b', 'a', { name: 'forward', startMs: 1_002, durationMs: 6 }),
    span('d', 'a', { name: 'record', startMs: 1_009, durationMs: 1 }),
  ];

  it('is a tree in the order of time, with durations and key attributes', () => {
    assert.deepEqual(renderTree(spans).split('\n'), [
      `trace ${traceId}: 4 spans of 2 services in 12.0 ms`,
      'proxy-service  POST /v1/tools                   0.0 ms +12.0 ms    status_code=502 agent=agt_1 ERROR failed',
      '├─ proxy-service  forward                       2.0 ms +6.0 ms',
      '│  └─ adapter-serpapi  POST /actions/search     3.0 ms +4.0 ms',
      '└─ proxy-service  record                        9.0 ms +1.0 ms',
    ]);
  });

  it('is complete when every span hangs on one root', () => {
    assert.equal(isComplete(spans), true);
    assert.equal(isComplete(spans.filter(({ spanId }) => spanId !== 'b')), false);
    assert.equal(isComplete(spans.filter(({ spanId }) => spanId !== 'a')), false);
  });
});
