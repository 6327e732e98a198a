/**
 * What a call costs: CPU time of every process of the mesh per call, hop by hop, and the caller's latency. The same calls
 * with every trace sampled, with a tenth, and with none; counts are fixed, so that runs can be compared by their ratios.
 *
 * `npm run prove -- call-cost [calls] [concurrency]`
 */
import { type CpuByPart, cpuByPart } from './measure/cpu.ts';
import { withStack } from './measure/proof-stack.ts';
import { describeQuantiles } from './measure/quantiles.ts';
import { callRepeatedly, createSearch } from './measure/search-load.ts';

const [calls = 5_000, concurrency = 8] = process.argv.slice(2).map(Number);
const warmUp = 2_000;

for (const ratio of ['1', '0.1', '0']) {
  await withStack({ environment: { OTEL_TRACES_SAMPLER_ARG: ratio } }, async (stack) => {
    const described = stack.describe();
    const call = await createSearch(described, concurrency);
    await callRepeatedly(call, { count: warmUp, concurrency });
    const before = cpuByPart(described);
    const latencies = await callRepeatedly(call, { count: calls, concurrency });
    report(ratio, before, cpuByPart(described), latencies);
  });
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
