import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { context, trace } from '@opentelemetry/api';
import { createLogger } from './logger.ts';
import { createTracing } from './tracing.ts';

function capture() {
  const lines: string[] = [];
  const logger = createLogger({ service: 'test', level: 'info' }, { write: (line) => void lines.push(line) });
  return { logger, lines };
}

describe('the log', () => {
  it('carries the trace id of the exchange on every line', async () => {
    const tracing = createTracing({
      service: 'test',
      version: '0',
      otlpEndpoint: '',
      ratio: 1,
      slowMs: 1_000,
    });
    const { logger, lines } = capture();
    const span = tracing.startServerSpan('GET', { correlationId: 'd'.repeat(32) });
    context.with(trace.setSpan(context.active(), span), () => logger.info('hello'));
    assert.equal(JSON.parse(lines[0] ?? '').trace_id, 'd'.repeat(32));
    await tracing.close();
  });

  it('never shows what is secret', () => {
    const { logger, lines } = capture();
    const error = Object.assign(new Error('x'), {
      token: 'hunter2',
      config: { headers: { cookie: 'hunter2' } },
    });
    logger.info({ authorization: 'Bearer hunter2', request: { token: 'hunter2' }, key: 'hunter2' }, 'x');
    logger.info({ request: { headers: { Authorization: 'hunter2', 'gateway-permit': 'hunter2' } } }, 'x');
    logger.info({ err: error }, 'x');
    logger.info({ err: new Error('outer', { cause: error }) }, 'x');
    assert.equal(lines.length, 4);
    assert.ok(!lines.join().includes('hunter2'));
  });

  it('keeps what a client sent on one line', () => {
    const { logger, lines } = capture();
    logger.info({ path: '/a\n{"level":"fatal"}' }, 'x');
    assert.equal(lines.length, 1);
    assert.equal(lines[0]?.trimEnd().split('\n').length, 1);
  });
});
