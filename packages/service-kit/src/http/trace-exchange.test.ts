import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import type { HrTime, Span } from '@opentelemetry/api';
import express from 'express';
import { createTracing } from '../telemetry/index.ts';
import { traceExchange } from './trace-exchange.ts';

const busyMs = 100;

/** How long the span of an exchange lasted whose handler goes on for 100 ms after its answer, in milliseconds. */
async function spanOf(answer: string | Buffer): Promise<number> {
  const tracing = createTracing({
    service: 'test',
    version: '0',
    otlpEndpoint: 'http://127.0.0.1:1',
    ratio: 1,
    slowMs: 1_000,
  });
  const spans: Span[] = [];
  const recording = {
    ...tracing,
    startServerSpan: (...args: Parameters<typeof tracing.startServerSpan>) => {
      const span = tracing.startServerSpan(...args);
      spans.push(span);
      return span;
    },
  };
  const app = express().use(traceExchange(recording), (_request, response) => {
    response.end(answer);
    const until = performance.now() + busyMs;
    while (performance.now() < until);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const closed = new Promise((resolve) =>
    server.once('request', (_, response) => response.once('close', resolve)),
  );
  await (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)).arrayBuffer();
  await closed;
  server.close();
  await tracing.close();
  const { startTime, endTime } = spans[0] as unknown as { startTime: HrTime; endTime: HrTime };
  return (endTime[0] - startTime[0]) * 1_000 + (endTime[1] - startTime[1]) / 1e6;
}

describe('the span of an exchange', () => {
  it('ends when the answer is out, though the process has no time yet to notice', async () => {
    assert.ok((await spanOf('{}')) < busyMs);
  });

  it('goes on while the answer is still on its way', async () => {
    assert.ok((await spanOf(Buffer.alloc(50_000_000))) >= busyMs);
  });
});
