/**
 * CPU time that the proxy itself spends on one call: its own process, while policy-service and the adapter are played by
 * this one, which also makes the calls.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/call-cost.ts
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { aRead, startNeighbours } from '../fixtures/proxy-under-test.ts';

const warmUp = 5_000;
const calls = 20_000;
const rounds = 3;
const concurrency = 8;
const port = 24_003;

const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const neighbours = await startNeighbours();
const authorization = `Bearer ${await neighbours.issuer.token()}`;
const body = JSON.stringify(aRead.params);
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const proxy = spawn(process.execPath, [main], {
  env: { ...neighbours.settings, LOG_LEVEL: process.argv[2] ?? 'info', PORT: String(port) },
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await untilReady();
  await call(warmUp);
  for (let round = 1; round <= rounds; round += 1) {
    const before = await cpuSeconds();
    const latencies = await call(calls);
    const cpuMicros = ((await cpuSeconds()) - before) * (1_000_000 / calls);
    const p50 = latencies.sort((a, b) => a - b)[calls >> 1] ?? 0;
    process.stdout.write(`CPU per call: ${cpuMicros.toFixed(0)} µs, p50 ${p50.toFixed(2)} ms\n`);
  }
} finally {
  proxy.kill();
  await once(proxy, 'exit');
  agent.destroy();
  await neighbours.close();
}

/** The latency of each call, in milliseconds. */
async function call(count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  const caller = async () => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await exchange('POST', aRead.path, body);
      latencies.push(performance.now() - startedAt);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  return latencies;
}

async function cpuSeconds(): Promise<number> {
  const exposition = await exchange('GET', '/metrics');
  return Number(/^process_cpu_seconds_total\{.*\} (.*)$/m.exec(exposition)?.[1]);
}

async function untilReady(): Promise<void> {
  for (;;) {
    try {
      return void (await exchange('GET', '/readyz'));
    } catch {}
  }
}

function exchange(method: string, path: string, content?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      ...(content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': content.length }),
    };
    const options = { host: '127.0.0.1', port, method, path, agent, headers };
    const exchanged = request(options, async (response) => {
      const answered = await text(response);
      if (response.statusCode === 200) resolve(answered);
      else reject(new Error(answered));
    });
    exchanged.on('error', reject).end(content);
  });
}
