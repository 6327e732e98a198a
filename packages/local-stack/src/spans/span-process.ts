import { join } from 'node:path';
import { baseEnv, findOnPath } from '../parts/program.ts';
import { type ProcessSpec, untilHttpOk } from '../process/index.ts';

/** Where the services of a stack send their spans. */
export interface SpanSink {
  readonly spec: ProcessSpec;
  readonly otlpEndpoint: string;
  /** Base URL of Jaeger's pages and query API. */
  readonly jaegerUrl?: string;
  /** Where the stack's own receiver keeps spans. */
  readonly folder?: string;
}

export interface SpanSinkOptions {
  readonly tracesFolder: string;
  readonly logsFolder: string;
  readonly choosePort: (preferred: number) => Promise<number>;
}

/** A `jaeger` on PATH, else the stack's own receiver. */
export async function chooseSpanSink(options: SpanSinkOptions): Promise<SpanSink> {
  const [jaeger] = findOnPath(['jaeger']);
  return jaeger === undefined ? ownReceiver(options) : jaegerSink(jaeger, options);
}

async function ownReceiver({ tracesFolder, logsFolder, choosePort }: SpanSinkOptions): Promise<SpanSink> {
  const port = await choosePort(4318);
  const otlpEndpoint = `http://127.0.0.1:${port}`;
  return {
    spec: {
      name: 'span-receiver',
      command: process.execPath,
      args: [join(import.meta.dirname, 'main.ts')],
      env: { ...baseEnv(), PORT: String(port), SPANS_FOLDER: tracesFolder },
      stopSignal: 'SIGTERM',
      logFile: join(logsFolder, 'span-receiver.log'),
      ready: (signal) => untilHttpOk(`${otlpEndpoint}/readyz`, signal),
      ports: [port],
    },
    otlpEndpoint,
    folder: tracesFolder,
  };
}

/** Other listeners of that configuration have ports that a second stack, or a Zipkin, may have taken: they are left out. */
const unused = {
  'service.extensions': '[jaeger_storage,jaeger_query]',
  'service.pipelines.traces.receivers': '[otlp]',
  'service.telemetry.metrics.level': 'none',
  'extensions.jaeger_query.grpc.endpoint': '127.0.0.1:0',
};

/** Jaeger 2: its built-in all-in-one configuration, with the listeners moved to ports that are free. */
async function jaegerSink(command: string, { logsFolder, choosePort }: SpanSinkOptions): Promise<SpanSink> {
  const [otlpPort, grpcPort, pagesPort] = [
    await choosePort(4318),
    await choosePort(4317),
    await choosePort(16_686),
  ];
  const listeners = {
    'receivers.otlp.protocols.http.endpoint': otlpPort,
    'receivers.otlp.protocols.grpc.endpoint': grpcPort,
    'extensions.jaeger_query.http.endpoint': pagesPort,
  };
  const jaegerUrl = `http://127.0.0.1:${pagesPort}`;
  return {
    spec: {
      name: 'jaeger',
      command,
      args: [
        ...Object.entries(listeners).map(([key, port]) => `--set=${key}=127.0.0.1:${port}`),
        ...Object.entries(unused).map(([key, instead]) => `--set=${key}=${instead}`),
      ],
      env: baseEnv(),
      stopSignal: 'SIGTERM',
      logFile: join(logsFolder, 'jaeger.log'),
      ready: (signal) => untilHttpOk(jaegerUrl, signal),
      ports: [otlpPort, grpcPort, pagesPort],
    },
    otlpEndpoint: `http://127.0.0.1:${otlpPort}`,
    jaegerUrl,
  };
}
