/**
 * CPU time that the proxy itself spends on one call: its own process, while policy-service and the adapter are played by
 * this one, which also makes the calls. By turns without an idempotency key, with a new one for each call, and with one that was used.
 *
 *     node scripts/with-test-parts.ts node services/proxy-service/test/bench/call-cost.ts [log level] [calls]
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { aRead, startNeighbours } from '../fixtures/proxy-under-test.ts';

const calls = Number(process.argv[3] ?? 20_000);
const warmUp = calls / 4;
const rounds = 3;
const concurrency = 8;
const port = 24_003;

const used = randomUUID();
/** The key of each call. */
const keyings: Readonly<Record<string, () => string | undefined>> = {
  'no key': () => undefined,
  'new keys': randomUUID,
  replays: () => used,
};

const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const neighbours = await startNeighbours();
const authorization = `Bearer ${await neighbours.issuer.token()}`;
const body = JSON.stringify(aRead.params);
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const proxy = spawn(process.execPath, [main], {
  env: {
    ...neighbours.settings,
    LOG_LEVEL: process.argv[2] ?? 'info',
    PORT: String(port),
    // No call is turned away, whoever else uses the machine, and all outcomes are kept.
    EVENT_LOOP_DELAY_MAX_MS: '60000',
    IDEMPOTENCY_AGENT_BYTES_MAX: '1073741824',
  },
  stdio: ['ignore', 'ignore', 'inherit'],
});
try {
  await untilReady();
  await exchange('POST', aRead.path, { content: body, key: used });
  for (const keyOf of Object.values(keyings)) await call(warmUp, keyOf);
  for (let round = 1; round <= rounds; round += 1) {
    for (const [name, keyOf] of Object.entries(keyings)) await measure(name, keyOf);
  }
} finally {
  proxy.kill();
  await once(proxy, 'exit');
  agent.destroy();
  await neighbours.close();
}

async function measure(name: string, keyOf: () => string | undefined): Promise<void> {
  const before = await cpuSeconds();
  const latencies = await call(calls, keyOf);
  const cpuMicros = ((await cpuSeconds()) - before) * (1_000_000 / calls);
  const p50 = latencies.sort((a, b) => a - b)[calls >> 1] ?? 0;
  process.stdout.write(`${name}: CPU per call ${cpuMicros.toFixed(0)} µs, p50 ${p50.toFixed(2)} ms\n`);
}

/** The latency of each call, in milliseconds. */
async function call(count: number, keyOf: () => string | undefined): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  const caller = async () => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await exchange('POST', aRead.path, { content: body, key: keyOf() });
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

function exchange(
  method: string,
  path: string,
  { content, key }: { content?: string; key?: string | undefined } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization,
      ...(content === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': content.length }),
      ...(key === undefined ? {} : { 'idempotency-key': key }),
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
