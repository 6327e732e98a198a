import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { createTracing, formatTraceParent, type Tracing } from '@4runr/service-kit/telemetry';
import { baseEnv, findOnPath } from '../src/parts/program.ts';
import {
  freePort,
  type RunningProcess,
  startProcess,
  untilHttpOk,
  waitUntilReady,
} from '../src/process/index.ts';
import { createReceiver } from '../src/spans/receiver.ts';
import type { Span } from '../src/spans/span.ts';

/** One of the builder's manifest beside the configuration, or the distribution of that name. */
const [collector = ''] = findOnPath(['otelcol-gateway', 'otelcol-contrib']);
const withCollector = { skip: collector === '' && 'there is no collector here', timeout: 60_000 };
const config = path.resolve(import.meta.dirname, '../../../deploy/otel-collector/config.yaml');
const env = { ...baseEnv(), TRACES_KEPT_PERCENT: '10' };

it('the configuration of the collector is valid', withCollector, () => {
  const { status, stderr } = spawnSync(collector, ['validate', `--config=${config}`], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
});

describe('the collector', withCollector, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'collector-'));
  const received: Span[] = [];
  const backend = createReceiver((spans) => received.push(...spans));
  let running: RunningProcess | undefined;
  let services: { readonly proxy: Tracing; readonly adapter: Tracing };

  before(async () => {
    await once(backend.listen(0, '127.0.0.1'), 'listening');
    const [otlp, health] = [await freePort(24_318), await freePort(24_133)];
    const { port } = backend.address() as AddressInfo;
    const overrides = path.join(folder, 'here.yaml');
    writeFileSync(overrides, hereInstead({ otlp, health, backend: port }));
    running = startProcess({
      ...{ name: 'collector', command: collector, stopSignal: 'SIGTERM', env, ports: [otlp, health] },
      args: [`--config=${config}`, `--config=${overrides}`],
      logFile: path.join(folder, 'collector.log'),
      ready: (signal) => untilHttpOk(`http://127.0.0.1:${health}`, signal),
    });
    await waitUntilReady(running, 20_000);
    const exporting = {
      version: '1',
      otlpEndpoint: `http://127.0.0.1:${otlp}`,
      ...{ ratio: 1, slowMs: 1_000 },
    };
    services = {
      proxy: createTracing({ service: 'proxy-service', ...exporting }),
      adapter: createTracing({ service: 'adapter-serpapi', ...exporting }),
    };
  });
  after(async () => {
    await running?.stop(5_000);
    backend.close();
    rmSync(folder, { recursive: true });
  });

  /** A call of two services, whose ids say which it is. */
  function trace(kind: 'a' | 'b' | 'c', index: number): void {
    const root = services.proxy.startServerSpan('call', { correlationId: idOf(kind, index) });
    const below = services.adapter.startServerSpan('action', {
      traceParent: formatTraceParent(root.spanContext()),
    });
    if (kind === 'b') below.setStatus({ code: 2 });
    const tookMs = kind === 'c' ? 1_500 : 5;
    below.end(Date.now() + tookMs - 1);
    root.end(Date.now() + tookMs);
  }

  it('keeps every trace with an error or of more than a second, whole, and of the others its share', async () => {
    for (let index = 0; index < 200; index += 1) trace('a', index);
    for (let index = 0; index < 20; index += 1) trace('b', index);
    for (let index = 0; index < 20; index += 1) trace('c', index);
    await Promise.all([services.proxy.close(), services.adapter.close()]);
    const keptOf = (kind: string) => received.filter(({ traceId }) => traceId.startsWith(kind)).length;
    while (keptOf('b') < 40 || keptOf('c') < 40 || keptOf('a') === 0) await wait(100);
    await wait(1_000);
    assert.deepEqual([keptOf('b'), keptOf('c')], [40, 40]);
    // By a hash of the ids, which are the same in every run.
    const ordinary = keptOf('a') / 2;
    assert.ok(ordinary > 5 && ordinary < 45, `${ordinary} of 200`);
  });
});

function idOf(kind: string, index: number): string {
  return `${kind}${Math.imul(index + 1, 2_654_435_761 | 0)
    .toString(16)
    .replace('-', '')
    .padStart(31, '0')}`;
}

/** The same configuration at ports of this machine, which tells a receiver of ours, and sooner. */
function hereInstead(ports: {
  readonly otlp: number;
  readonly health: number;
  readonly backend: number;
}): string {
  return JSON.stringify({
    receivers: {
      otlp: {
        protocols: {
          http: { endpoint: `127.0.0.1:${ports.otlp}` },
          grpc: { endpoint: '127.0.0.1:0' },
        },
      },
    },
    processors: { tail_sampling: { decision_wait: '1s' } },
    exporters: { otlphttp: { endpoint: `http://127.0.0.1:${ports.backend}` } },
    extensions: { health_check: { endpoint: `127.0.0.1:${ports.health}` } },
    service: {
      telemetry: { metrics: { level: 'none', readers: [] } },
      pipelines: { traces: { exporters: ['otlphttp'] } },
    },
  });
}
