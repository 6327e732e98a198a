import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Params, Usage } from '@4runr/contracts/call';
import { type ActionCost, type Costs, chatCostExample } from '@4runr/contracts/cost';
import { createLogger, createMetrics } from '@4runr/service-kit/telemetry';
import { received } from '../../test/fixtures/calls.ts';
import { costsOf } from '../domain/call-costs.ts';
import { createProxyMetrics } from '../metrics.ts';
import { countUsage } from './count-usage.ts';

const labels = { tool: 'openai', action: 'chat' };
const params = { model: 'gpt-4o-mini', messages: [], max_tokens: 50 };

interface Ended {
  readonly cost?: ActionCost;
  readonly params?: Params;
  readonly usage?: Usage;
  readonly used: Costs;
}

/** The samples of one metric, and the log, after one call. */
async function count(name: string, { used, usage, ...asked }: Ended) {
  const lines: string[] = [];
  const logger = createLogger(
    { service: 'proxy-service', level: 'info' },
    { write: (line) => void lines.push(line) },
  );
  const registry = createMetrics({ service: 'test', version: '0' });
  const costs = costsOf(asked.cost ?? chatCostExample, asked.params ?? params);
  const call = received({ observed: { timings: {}, costs, ...(usage === undefined ? {} : { usage }) } });
  countUsage({ kit: { logger }, metrics: createProxyMetrics(registry) }, call, { labels, used });
  const samples = (await registry.expose()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return { samples: samples.map((sample) => sample.replace(',service="test"', '')), lines };
}

const usage = { inputTokens: 12, outputTokens: 40 };
const used = { tokens: 52, usdMicros: 26 };
const ofChat = 'tool="openai",action="chat"';

describe('what a call has used', () => {
  it('is counted in tokens by model and type', async () => {
    const { samples, lines } = await count('gateway_tokens_total', { usage, used });
    assert.deepEqual(samples, [
      `gateway_tokens_total{${ofChat},model="gpt-4o-mini",type="input"} 12`,
      `gateway_tokens_total{${ofChat},model="gpt-4o-mini",type="output"} 40`,
    ]);
    assert.deepEqual(lines, []);
  });

  it('makes no label of a model that nobody has a price for: agents choose such names', async () => {
    for (const model of ['gpt-unheard-of', 'constructor', 7]) {
      const { samples } = await count('gateway_tokens_total', { params: { ...params, model }, usage, used });
      assert.match(samples[0] ?? '', /model="other"/);
    }
  });

  it('is counted in US dollars, also where an adapter reports nothing because every call costs the same', async () => {
    assert.deepEqual((await count('gateway_cost_usd_total', { usage, used })).samples, [
      `gateway_cost_usd_total{${ofChat}} 0.000026`,
    ]);
    const { samples } = await count('gateway_cost_usd_total', {
      cost: { usdMicrosPerCall: 15_000 },
      used: { usdMicros: 15_000 },
    });
    assert.deepEqual(samples, [`gateway_cost_usd_total{${ofChat}} 0.015`]);
  });

  it('is not counted where nobody knows it', async () => {
    for (const name of ['gateway_tokens_total', 'gateway_cost_usd_total'])
      assert.deepEqual((await count(name, { used: {} })).samples, []);
  });

  it('is an error where it is more than the bound', async () => {
    const beyond = { inputTokens: 12, outputTokens: 100_000 };
    const { samples, lines } = await count('gateway_usage_above_bound_total', {
      usage: beyond,
      used: { tokens: 100_012, usdMicros: 60_002 },
    });
    assert.deepEqual(samples, [`gateway_usage_above_bound_total{${ofChat}} 1`]);
    const [line] = lines.map((each) => JSON.parse(each));
    assert.deepEqual([line.level, line.call_id, line.used.tokens], ['error', 'call_1', 100_012]);
    assert.deepEqual((await count('gateway_usage_above_bound_total', { usage, used })).samples, []);
  });
});
