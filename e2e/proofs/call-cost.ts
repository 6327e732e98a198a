/**
 * What a call costs: CPU time of every process of the mesh per call, hop by hop, and the caller's latency. The same calls
 * with every trace sampled, with a tenth, and with none; counts are fixed, so that runs can be compared by their ratios.
 *
 * `npm run prove -- call-cost [calls] [concurrency]`
 */
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createEdgeClient, requestToken, type StackFile, stackFolder, startStack } from '@4runr/local-stack';
import { Pool } from 'undici';

const root = path.resolve(import.meta.dirname, '../..');
const [calls = 5_000, concurrency = 8] = process.argv.slice(2).map(Number);
const warmUp = 2_000;
/** Clock ticks of /proc are a hundredth of a second on every Linux that Node runs on. */
const tickUs = 10_000;

for (const ratio of ['1', '0.1', '0']) await measure(ratio);

async function measure(ratio: string): Promise<void> {
  const state = await mkdtemp(path.join(tmpdir(), '4runr-call-cost-'));
  const stack = await startStack({
    folder: stackFolder(root, { state }),
    ports: 'anywhere',
    ephemeral: true,
    demonstration: false,
    environment: { UPSTREAM_MODE: 'mock', OTEL_TRACES_SAMPLER_ARG: ratio },
  });
  try {
    const described = stack.describe();
    const call = await createCaller(described);
    await run(call, warmUp);
    const before = cpuByPart(described);
    const latencies = await run(call, calls);
    report(ratio, before, cpuByPart(described), latencies);
  } finally {
    await stack.stop();
    await rm(state, { recursive: true, force: true });
  }
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

type CpuByPart = ReadonlyMap<string, number>;

/** Microseconds of CPU that each part and its children have used so far. */
function cpuByPart({ parts }: StackFile): CpuByPart {
  const processes = globSync('/proc/[0-9]*/stat').flatMap(readProcess);
  return new Map(
    parts.map(({ name, pid }) => {
      const own = processes.filter((process) => process.pid === pid || process.parent === pid);
      return [name, own.reduce((sum, { cpuUs }) => sum + cpuUs, 0)];
    }),
  );
}

function readProcess(file: string): { pid: number; parent: number; cpuUs: number }[] {
  try {
    const stat = readFileSync(file, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return [{ pid: Number.parseInt(stat, 10), parent: Number(fields[1]), cpuUs: ticks * tickUs }];
  } catch {
    return [];
  }
}

function report(ratio: string, before: CpuByPart, after: CpuByPart, latencies: number[]): void {
  const perCall = [...after]
    .map(([name, cpuUs]) => ({ name, us: (cpuUs - (before.get(name) ?? 0)) / latencies.length }))
    .filter(({ us }) => us >= 1)
    .sort((a, b) => b.us - a.us);
  const total = perCall.reduce((sum, { us }) => sum + us, 0);
  const sorted = latencies.toSorted((a, b) => a - b);
  const quantile = (q: number) => (sorted[Math.floor(sorted.length * q)] ?? 0).toFixed(2);
  console.log(`\n### Traces sampled: ${ratio}\n`);
  console.log('| part | CPU per call, µs |\n|---|---|');
  for (const { name, us } of perCall) console.log(`| ${name} | ${us.toFixed(0)} |`);
  console.log(`| **all** | **${total.toFixed(0)}** |`);
  console.log(
    `\n${latencies.length} calls, ${concurrency} at a time: p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms.`,
  );
}
