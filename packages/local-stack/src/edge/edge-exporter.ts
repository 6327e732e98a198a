import { join } from 'node:path';
import { baseEnv } from '../parts/program.ts';
import { type ProcessSpec, untilHttpOk } from '../process/index.ts';

/** What counts the answers of the edge, for Prometheus (`packages/edge-exporter`). */
export interface EdgeExporter {
  readonly spec: ProcessSpec;
  /** Base URL of `/metrics`. */
  readonly url: string;
  /** UDP, on 127.0.0.1. */
  readonly outcomesPort: number;
}

/** UDP and TCP have ports of their own, so one number serves both listeners. */
export async function placeEdgeExporter(options: {
  root: string;
  logsFolder: string;
  compileCacheFolder: string;
  choosePort: (preferred: number) => Promise<number>;
}): Promise<EdgeExporter> {
  const port = await options.choosePort(4030);
  const url = `http://127.0.0.1:${port}`;
  return {
    spec: {
      name: 'edge-exporter',
      command: process.execPath,
      args: ['src/main.ts'],
      cwd: join(options.root, 'packages/edge-exporter'),
      env: {
        ...baseEnv(),
        NODE_COMPILE_CACHE: options.compileCacheFolder,
        PORT: String(port),
        OUTCOMES_PORT: String(port),
      },
      stopSignal: 'SIGTERM',
      logFile: join(options.logsFolder, 'edge-exporter.log'),
      ready: (signal) => untilHttpOk(`${url}/livez`, signal),
      ports: [port],
    },
    url,
    outcomesPort: port,
  };
}
