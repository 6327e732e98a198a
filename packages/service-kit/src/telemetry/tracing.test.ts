import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, type HrTime, type Span, trace } from '@opentelemetry/api';
import { preciseNow } from './precise-times.ts';
import { formatTraceParent } from './trace-context.ts';
import { createTracing, type Tracing } from './tracing.ts';

const tracingOf = (ratio: number): Tracing =>
  createTracing({ service: 'test', version: '0', otlpEndpoint: '', ratio, slowMs: 1_000 });
const startAt = (from: { traceParent?: string; correlationId?: string }, ratio = 1): Span =>
  tracingOf(ratio).startServerSpan('GET', from);
const isSampled = (span: Span) => span.spanContext().traceFlags === 1;

const a = 'a'.repeat(32);
const c = 'c'.repeat(32);
const parentOf = (traceId: string, flags: string) => `00-${traceId}-${'b'.repeat(16)}-${flags}`;

const origins: [
  guarantee: string,
  from: { traceParent?: string; correlationId?: string },
  traceId: RegExp,
][] = [
  ['goes on with the trace of the mesh', { traceParent: parentOf(a, '01') }, /^a{32}$/],
  ['prefers it to the correlation id', { traceParent: parentOf(a, '01'), correlationId: c }, /^a{32}$/],
  ['begins the trace that the edge names', { correlationId: c }, /^c{32}$/],
  [
    'takes the correlation id when traceparent is garbage',
    { traceParent: 'garbage', correlationId: c },
    /^c{32}$/,
  ],
  ['ignores a trace id of zeros', { traceParent: parentOf('0'.repeat(32), '01') }, /^(?!0{32})[0-9a-f]{32}$/],
  ['ignores an injected header line', { correlationId: `${c}\r\nX: y` }, /^(?!c{32})[0-9a-f]{32}$/],
  ['ignores capitals, which traceparent must not have', { correlationId: 'C'.repeat(32) }, /^[0-9a-f]{32}$/],
];

describe('a server span', () => {
  for (const [guarantee, from, traceId] of origins)
    it(guarantee, () => assert.match(startAt(from).spanContext().traceId, traceId));

  it('leaves the trace id of one exchange to that exchange alone', () => {
    const tracing = tracingOf(1);
    tracing.startServerSpan('GET', { correlationId: c });
    assert.notEqual(tracing.startServerSpan('GET', {}).spanContext().traceId, c);
  });

  it('is sampled by the ratio where the trace begins, and as its parent where it goes on', () => {
    assert.deepEqual([isSampled(startAt({ correlationId: c }, 0)), isSampled(startAt({}, 1))], [false, true]);
    assert.ok(isSampled(startAt({ traceParent: parentOf(a, '01') }, 0)));
    assert.ok(!isSampled(startAt({ traceParent: parentOf(a, '00') }, 1)));
  });

  it('says in traceparent what it is', () => {
    const span = startAt({ traceParent: parentOf(a, '01') });
    assert.equal(formatTraceParent(span.spanContext()), `00-${a}-${span.spanContext().spanId}-01`);
  });
});

describe('the times of exported spans', () => {
  it('let no child begin before its parent or outlast it', async () => {
    const endpoint = { otlpEndpoint: 'http://127.0.0.1:1', ratio: 1, slowMs: 1_000 };
    const { startServerSpan, tracer, close } = createTracing({ service: 'test', version: '0', ...endpoint });
    for (let pair = 0; pair < 200; pair += 1) {
      const parent = startServerSpan('GET', {});
      spend(0.3);
      const child = tracer.startSpan('child', {}, trace.setSpan(context.active(), parent));
      spend(0.3);
      child.end(preciseNow());
      spend(0.01);
      parent.end(preciseNow());
      const [outer, inner] = [timesOf(parent), timesOf(child)];
      assert.ok(outer.start < inner.start && inner.end < outer.end);
    }
    await close();
  });
});

/** Of a span of the SDK, in nanoseconds. */
function timesOf(span: Span): { start: bigint; end: bigint } {
  const { startTime, endTime } = span as unknown as { startTime: HrTime; endTime: HrTime };
  const [start, end] = [startTime, endTime].map(([s, ns]) => BigInt(s) * 1_000_000_000n + BigInt(ns));
  return { start: start ?? 0n, end: end ?? 0n };
}

function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

describe('export', () => {
  it('holds up a stop for a second at most, though nobody takes the spans', async () => {
    const tracing = createTracing({
      service: 'test',
      version: '0',
      otlpEndpoint: 'http://127.0.0.1:1',
      ratio: 1,
      slowMs: 1_000,
    });
    tracing.startServerSpan('GET', {}).end();
    const startedAt = performance.now();
    await tracing.close();
    assert.ok(performance.now() - startedAt < 1_500);
  });
});
