import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainMissing } from './span-whereabouts.ts';
import { renderSummary } from './summary.ts';

const agent = { id: 'agt_1', clientId: 'agt_1', keyFile: 'k.pem' };
const stackWith = (traces: { otlp: string; jaeger?: string; folder?: string }) => ({
  edge: {
    http: 'http://localhost:8080',
    https: 'https://localhost:8443',
    ca: 'ca.pem',
    exporter: 'http://127.0.0.1:4030',
  },
  operator: { clientId: 'operator', keyFile: 'k.pem' },
  agents: { scraper: agent, enricher: agent, engager: agent },
  services: {},
  postgres: { url: 'postgres://x' },
  redis: { url: 'redis://x', cacheUrl: 'redis://x' },
  traces,
  supervisor: { pid: 1, startedAt: '2026-01-01T00:00:00.000Z' },
  parts: [],
});

const foreign = { otlp: 'http://collector.test:4318' };
const own = { otlp: 'http://127.0.0.1:4318', folder: '.local/traces' };
const jaeger = { otlp: 'http://127.0.0.1:4318', jaeger: 'http://127.0.0.1:16686' };

describe('where spans are', () => {
  it('is named by the summary and by the lack of a trace when it is a receiver of somebody else’s', () => {
    const summary = renderSummary(stackWith(foreign), 1_000);
    assert.match(summary, /collector\.test:4318/);
    assert.ok(!summary.includes('npm run trace'), 'what cannot be had is not advertised');
    assert.match(explainMissing('a'.repeat(32), foreign), /collector\.test:4318/);
  });

  it('is for npm run trace to say when they come here', () => {
    for (const traces of [own, jaeger]) {
      assert.match(renderSummary(stackWith(traces), 1_000), /npm run trace/);
      assert.doesNotMatch(explainMissing('a'.repeat(32), traces), /4318/);
    }
    assert.doesNotMatch(explainMissing('a'.repeat(32), undefined), /http/);
  });
});
