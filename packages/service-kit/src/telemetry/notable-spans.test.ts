import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ROOT_CONTEXT, type Span, SpanStatusCode, TraceFlags, type Tracer, trace } from '@opentelemetry/api';
import {
  BatchSpanProcessor,
  InMemorySpanExporter,
  ParentBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { NotableSpans } from './notable-spans.ts';
import { RootSampler } from './root-sampler.ts';

const slowMs = 50;

/** Names of the spans that are exported of what is traced, with those of their events. */
async function exportedOf(ratio: number, work: (tracer: Tracer) => void): Promise<string[][]> {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    sampler: new ParentBasedSampler({ root: new RootSampler(ratio) }),
    spanProcessors: [new NotableSpans(new BatchSpanProcessor({ exporter }), slowMs)],
  });
  work(provider.getTracer('test'));
  await provider.forceFlush();
  return exporter.getFinishedSpans().map(({ name, events }) => [name, ...events.map((event) => event.name)]);
}

/** A span with another one below it. */
function traced(tracer: Tracer, name: string, work: (span: Span) => void): void {
  const span = tracer.startSpan(name, { root: true });
  tracer.startSpan('below', {}, trace.setSpan(ROOT_CONTEXT, span)).end();
  work(span);
  span.end();
}

function spend(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

function traceThree(tracer: Tracer): void {
  traced(tracer, 'good', () => {});
  traced(tracer, 'failed', (span) => span.addEvent('admit').setStatus({ code: SpanStatusCode.ERROR }));
  traced(tracer, 'slow', () => spend(slowMs + 5));
}

describe('spans', () => {
  it('are all exported of a trace that is sampled', async () => {
    const names = (await exportedOf(1, traceThree)).map(([name]) => name);
    assert.deepEqual(names, ['below', 'good', 'below', 'failed', 'below', 'slow']);
  });

  it('are exported of the others if they are the first and failed or were slow, with their events', async () => {
    assert.deepEqual(await exportedOf(0, traceThree), [['failed', 'admit'], ['slow']]);
  });

  it('are exported of a trace that is linked to another if those of the other are', async () => {
    const exported = await exportedOf(0, (tracer) => {
      for (const traceFlags of [TraceFlags.NONE, TraceFlags.SAMPLED]) {
        const links = [{ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags } }];
        tracer.startSpan(`flags ${traceFlags}`, { root: true, links }).end();
      }
    });
    assert.deepEqual(exported, [['flags 1']]);
  });
});
