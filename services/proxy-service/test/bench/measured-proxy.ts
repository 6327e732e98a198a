import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Neighbours, Settings } from '../fixtures/proxy-under-test.ts';

/** A call of the measured proxy. */
export interface MeasuredCall {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A proxy in a process of its own, whose CPU time is its own alone. */
export interface MeasuredProxy {
  /** Makes so many calls, eight at a time. @throws Error at an answer that is not 200 */
  call(count: number, next: () => MeasuredCall): Promise<Measured>;
  stop(): Promise<void>;
}

export interface Measured {
  readonly cpuMicrosPerCall: number;
  readonly p50Ms: number;
}

const concurrency = 8;

export async function startMeasuredProxy(
  neighbours: Neighbours,
  { port, settings }: { readonly port: number; readonly settings: Settings },
): Promise<MeasuredProxy> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const authorization = `Bearer ${await neighbours.issuer.token()}`;
  const main = new URL('../../src/main.ts', import.meta.url).pathname;
  const proxy = spawn(process.execPath, [main], {
    // No call is turned away, whoever else uses the machine.
    env: { ...neighbours.settings, EVENT_LOOP_DELAY_MAX_MS: '60000', ...settings, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });

  function exchange(method: string, path: string, asked: Partial<MeasuredCall> = {}): Promise<string> {
    return new Promise((resolve, reject) => {
      const content =
        asked.body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(asked.body) };
      const headers = { authorization, ...content, ...asked.headers };
      const options = { host: '127.0.0.1', port, method, path, agent, headers };
      const exchanged = request(options, async (response) => {
        const answered = await text(response);
        if (response.statusCode === 200) resolve(answered);
        else reject(new Error(answered));
      });
      exchanged.on('error', reject).end(asked.body);
    });
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

  await untilReady();
  return {
    async call(count, next) {
      const latencies: number[] = [];
      let left = count;
      const caller = async () => {
        while (left-- > 0) {
          const startedAt = performance.now();
          const asked = next();
          await exchange('POST', asked.path, asked);
          latencies.push(performance.now() - startedAt);
        }
      };
      const before = await cpuSeconds();
      await Promise.all(Array.from({ length: concurrency }, caller));
      const cpuMicrosPerCall = ((await cpuSeconds()) - before) * (1_000_000 / count);
      return { cpuMicrosPerCall, p50Ms: latencies.sort((a, b) => a - b)[count >> 1] ?? 0 };
    },
    async stop() {
      proxy.kill();
      await once(proxy, 'exit');
      agent.destroy();
    },
  };
}

export function printMeasured(name: string, { cpuMicrosPerCall, p50Ms }: Measured): void {
  process.stdout.write(
    `${name}: CPU per call ${cpuMicrosPerCall.toFixed(0)} µs, p50 ${p50Ms.toFixed(2)} ms\n`,
  );
}
