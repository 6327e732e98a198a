/**
 * What a call costs: CPU time of every process of the mesh per call, hop by hop, and the caller's latency. The same calls
 * with every trace sampled, with a tenth, and with none; counts are fixed, so that runs can be compared by their ratios.
 *
 * `npm run prove -- call-cost [calls] [concurrency]`
 */
import { createEdgeClient, requestToken, type StackFile } from '@4runr/local-stack';
import { Pool } from 'undici';
import { type CpuByPart, cpuByPart } from './measure/cpu.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles } from './measure/quantiles.ts';

const [calls = 5_000, concurrency = 8] = process.argv.slice(2).map(Number);
const warmUp = 2_000;

for (const ratio of ['1', '0.1', '0']) {
  await withStack({ environment: { OTEL_TRACES_SAMPLER_ARG: ratio } }, async (stack) => {
    const described = stack.describe();
    const call = await createCaller(described);
    await run(call, warmUp);
    const before = cpuByPart(described);
    const latencies = await run(call, calls);
    report(ratio, before, cpuByPart(described), latencies);
  });
}

/** `serpapi:search` over plain HTTP, so that the cost is the gateway's and not TLS's. */
async function createCaller({ edge, agents }: StackFile): Promise<() => Promise<void>> {
  const client = createEdgeClient({ url: edge.https, caFile: edge.ca });
  const token = await requestToken(client, agents.scraper);
  await client.close();
  const pool = new Pool(edge.http, { connections: concurrency });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return async () => {
    const response = await pool.request({
      method: 'POST',
      path: '/v1/tools/serpapi/search',
      headers,
      body: '{"q":"what a call costs","num":3}',
    });
    const body = await response.body.text();
    if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${body}`);
  };
}

/** Milliseconds of each call, in the order of their ends. */
async function run(call: () => Promise<void>, count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  async function worker(): Promise<void> {
    while (left > 0) {
      left -= 1;
      const startedAt = performance.now();
      await call();
      latencies.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  return latencies;
}

function report(ratio: string, before: CpuByPart, after: CpuByPart, latencies: number[]): void {
  const perCall = [...after]
    .map(([name, cpuUs]) => ({ name, us: (cpuUs - (before.get(name) ?? 0)) / latencies.length }))
    .filter(({ us }) => us >= 1)
    .sort((a, b) => b.us - a.us);
  const total = perCall.reduce((sum, { us }) => sum + us, 0);
  console.log(`\n### Traces sampled: ${ratio}\n`);
  console.log('| part | CPU per call, µs |\n|---|---|');
  for (const { name, us } of perCall) console.log(`| ${name} | ${us.toFixed(0)} |`);
  console.log(`| **all** | **${total.toFixed(0)}** |`);
  console.log(
    `\n${latencies.length} calls, ${concurrency} at a time: ${describeQuantiles(latencies, 'ms')}.`,
  );
}
