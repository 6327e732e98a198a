import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import { parseOutcome } from './outcome.ts';

/** What nginx answers by itself (nginx/edge/problem-pages.conf): counted from zero on, so that the first of each is seen to be one more. */
const ownCodes = ['400', '404', '405', '408', '413', '429', '431', '500', '502', '503'];

export interface EdgeMetrics {
  readonly contentType: string;
  /** Counts one datagram of the edge. */
  count(datagram: string): void;
  /** The Prometheus text exposition. */
  expose(): Promise<string>;
}

export function createEdgeMetrics(): EdgeMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: 'edge-exporter' });
  collectDefaultMetrics({ register: registry });
  const responses = new Counter({
    name: 'gateway_edge_responses_total',
    help: 'Answers of the edge by status (499: the client had gone) and by who made them: a service, or the edge itself',
    labelNames: ['code', 'origin'],
    registers: [registry],
  });
  const unread = new Counter({
    name: 'gateway_edge_unread_reports_total',
    help: 'Datagrams that were no report of an answer',
    registers: [registry],
  });
  for (const code of ownCodes) responses.inc({ code, origin: 'edge' }, 0);
  return {
    contentType: registry.contentType,
    count: (datagram) => {
      const outcome = parseOutcome(datagram);
      if (outcome === undefined) unread.inc();
      else responses.inc({ ...outcome });
    },
    expose: () => registry.metrics(),
  };
}
