import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { metricsDelta } from '../report/metrics-delta.ts';
import { joinMetrics, parseMetrics, sumOf } from './prometheus-text.ts';

const text = `# HELP calls_total Calls
# TYPE calls_total counter
calls_total{tool="serpapi",note="a \\"b\\", c"} 3
calls_total{tool="openai"} 4
# HELP up Whether
# TYPE up gauge
up 1
`;

describe('metrics of several processes', () => {
  const joined = joinMetrics([
    { service: 'proxy-service', replica: 0, text },
    { service: 'proxy-service', replica: 1, text },
  ]);

  it('are one text in which every family stands once, and every sample says whose it is', () => {
    assert.equal(joined.match(/# TYPE calls_total/g)?.length, 1);
    const samples = parseMetrics(joined);
    assert.equal(sumOf(samples, 'calls_total'), 14);
    assert.equal(sumOf(samples, 'calls_total', { tool: 'openai', replica: '1' }), 4);
    assert.equal(sumOf(samples, 'up', { process: 'proxy-service', replica: '0' }), 1);
  });

  it('are compared by what changed alone', () => {
    const later = parseMetrics(joined.replace(/(tool="openai"\}) 4/, '$1 9'));
    const delta = metricsDelta(parseMetrics(joined), later);
    assert.deepEqual(delta.kind === 'table' && delta.rows, [
      ['`calls_total{process="proxy-service",replica="0",tool="openai"}`', '4', '9', '5'],
    ]);
  });
});
