import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, TraceFlags, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { createMetrics } from './metrics.ts';

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

const openMetrics = 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

const sampled = 'a'.repeat(32);
const unsampled = 'b'.repeat(32);

function within(traceId: string, traceFlags: TraceFlags, work: () => void): void {
  const span = trace.wrapSpanContext({ traceId, spanId: 'c'.repeat(16), traceFlags });
  context.with(trace.setSpan(context.active(), span), work);
}

function createExample() {
  const metrics = createMetrics({ service: 'test', version: '1' });
  metrics.counter({ name: 'calls_total', help: 'Calls', labelNames: ['tool'] }).inc({ tool: 'a"b\\c\nd' });
  metrics.gauge({ name: 'load', help: 'Load \\ now' }).set(Number.POSITIVE_INFINITY);
  const took = metrics.tracedHistogram({
    name: 'took_ms',
    help: 'Took',
    labelNames: ['tool'],
    buckets: [1, 5],
  });
  within(unsampled, TraceFlags.NONE, () => took.observe({ tool: 'x' }, 0.5));
  within(sampled, TraceFlags.SAMPLED, () => took.observe({ tool: 'x' }, 3));
  within(sampled, TraceFlags.SAMPLED, () => took.observe({ tool: 'x' }, 9));
  took.observe({ tool: 'x' }, 4);
  return metrics;
}

/** The lines about our own metrics, times of exemplars left out. */
const linesOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => /^(# (HELP|TYPE) )?(calls|load|took_ms)/.test(line) || line === '# EOF')
    .map((line) => line.replace(/(\} [\d.]+) \d{10}(\.\d+)?$/, '$1 <now>'));

describe('metrics in OpenMetrics', () => {
  it('name the newest sampled trace of each bucket, and families of counters without their end', async () => {
    const { contentType, text } = await createExample().exposeFor(openMetrics);
    assert.equal(contentType, 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    const exemplar = (value: number) => ` # {trace_id="${sampled}"} ${value} <now>`;
    assert.deepEqual(linesOf(text), [
      '# HELP calls Calls',
      '# TYPE calls counter',
      'calls_total{tool="a\\"b\\\\c\\nd",service="test"} 1',
      '# HELP load Load \\\\ now',
      '# TYPE load gauge',
      'load{service="test"} +Inf',
      '# HELP took_ms Took',
      '# TYPE took_ms histogram',
      'took_ms_bucket{le="1",tool="x",service="test"} 1',
      `took_ms_bucket{le="5",tool="x",service="test"} 3${exemplar(3)}`,
      `took_ms_bucket{le="+Inf",tool="x",service="test"} 4${exemplar(9)}`,
      'took_ms_sum{tool="x",service="test"} 16.5',
      'took_ms_count{tool="x",service="test"} 4',
      '# EOF',
    ]);
  });

  it('leave the classic format as it was, which has no exemplars', async () => {
    const metrics = createExample();
    const before = linesOf(await metrics.expose());
    await metrics.exposeFor(openMetrics);
    assert.deepEqual(linesOf((await metrics.exposeFor('text/plain')).text), before);
    assert.ok(
      before.includes('# TYPE calls_total counter') && !before.some((line) => line.includes(sampled)),
    );
  });
});
