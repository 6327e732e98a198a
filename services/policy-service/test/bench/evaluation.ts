/**
 * CPU time of one decision over HTTP, in the service's own process, and its latency as a caller sees it.
 *
 *     node scripts/with-test-parts.ts node services/policy-service/test/bench/evaluation.ts
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { evaluationPath, evaluationRequestExample } from '@4runr/contracts/decision';
import { createTestRedis, writeRevocationList } from '@4runr/service-kit/testing';
import {
  createServiceDatabase,
  meshAuthorization,
  settingsFor,
} from '../fixtures/policy-service-under-test.ts';

const warmUp = 5_000;
const decisions = 30_000;
const concurrency = 8;
const port = 24_002;

const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
const headers = {
  ...meshAuthorization(),
  'content-type': 'application/json',
  'content-length': nextBody().length,
};

const database = await createServiceDatabase();
const redis = await createTestRedis();
await writeRevocationList(redis.client);
const main = new URL('../../src/main.ts', import.meta.url).pathname;
const service = spawn(process.execPath, [main], {
  env: {
    ...settingsFor({ database: database.url, redis: redis.url }),
    NODE_ENV: 'development',
    LOG_LEVEL: 'info',
    PORT: String(port),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await once(service.stdout, 'data');
  await untilReady();
  await ask(warmUp);
  const before = await cpuSeconds();
  const latencies = await ask(decisions);
  const cpuMicros = ((await cpuSeconds()) - before) * (1_000_000 / decisions);
  latencies.sort((a, b) => a - b);
  const at = (share: number) => (latencies[Math.floor(latencies.length * share)] ?? 0).toFixed(2);
  process.stdout.write(`CPU per decision: ${cpuMicros.toFixed(0)} µs\n`);
  process.stdout.write(`latency with ${concurrency} callers: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms\n`);
} finally {
  service.kill();
  await once(service, 'exit');
  agent.destroy();
  await database.drop();
  await redis.drop();
}

/** A question about a call that was never decided, as long as every other one. */
function nextBody(): string {
  const context = { ...evaluationRequestExample.context, callId: `call_${randomUUID()}` };
  return JSON.stringify({ ...evaluationRequestExample, context });
}

/** The latency of each decision, in milliseconds. */
async function ask(count: number): Promise<number[]> {
  const latencies: number[] = [];
  let left = count;
  const caller = async () => {
    while (left-- > 0) {
      const startedAt = performance.now();
      await exchange('POST', evaluationPath, nextBody());
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
    const options = { host: '127.0.0.1', port, method, path, agent, headers: content ? headers : {} };
    const exchanged = request(options, async (response) => {
      const answer = await text(response);
      if (response.statusCode === 200) resolve(answer);
      else reject(new Error(answer));
    });
    exchanged.on('error', reject).end(content);
  });
}
