import type { ExporterConfig } from './config.ts';
import { createEdgeMetrics } from './edge-metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import { listenForOutcomes } from './outcome-listener.ts';

export interface Exporter {
  /** Base URL. */
  readonly url: string;
  stop(): void;
}

/** Counts what the edge reports, and tells Prometheus. Rejects where a port is taken. */
export async function startExporter({ port, host, outcomesPort }: ExporterConfig): Promise<Exporter> {
  const metrics = createEdgeMetrics();
  const socket = await listenForOutcomes(outcomesPort, metrics.count);
  const { server, port: bound } = await serveMetrics(metrics, { port, host });
  return {
    url: `http://${host}:${bound}`,
    stop: () => {
      socket.close();
      server.close();
      server.closeAllConnections();
    },
  };
}
