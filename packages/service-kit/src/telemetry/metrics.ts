import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import { formatOpenMetrics, openMetricsType } from './open-metrics.ts';
import { createTracedHistogram, type TracedHistogram } from './traced-histogram.ts';

export type { Counter, Gauge, Histogram, TracedHistogram };

/** Buckets of every duration histogram, in milliseconds. */
export const durationBucketsMs = [
  0.5, 1, 2, 3, 5, 7.5, 10, 15, 25, 35, 50, 75, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000,
];

/** The metrics of one service, kept in a registry of their own so that two services can live in one test process. */
export interface Metrics {
  counter<L extends string>(options: CounterConfiguration<L>): Counter<L>;
  gauge<L extends string>(options: GaugeConfiguration<L>): Gauge<L>;
  histogram<L extends string>(options: HistogramConfiguration<L>): Histogram<L>;
  /** A histogram of what is within traces: its buckets lead to some. */
  tracedHistogram<L extends string>(options: HistogramConfiguration<L>): TracedHistogram<L>;
  /** The Prometheus text exposition. */
  expose(): Promise<string>;
  /** What a scraper gets that says what it takes: OpenMetrics, which has exemplars, or the Prometheus text exposition. */
  exposeFor(accept: string | undefined): Promise<Exposition>;
}

export interface Exposition {
  readonly contentType: string;
  readonly text: string;
}

export function createMetrics(options: { service: string; version: string }): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service: options.service });
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'gateway_build_info',
    help: 'Always 1; the labels say what runs',
    labelNames: ['version', 'node'],
    registers: [registry],
  }).set({ version: options.version, node: process.version }, 1);
  return {
    counter: (configuration) => new Counter({ ...configuration, registers: [registry] }),
    gauge: (configuration) => new Gauge({ ...configuration, registers: [registry] }),
    histogram: (configuration) => new Histogram({ ...configuration, registers: [registry] }),
    tracedHistogram: (configuration) => createTracedHistogram(configuration, registry),
    expose: () => registry.metrics(),
    exposeFor: async (accept = '') =>
      accept.includes('application/openmetrics-text')
        ? { contentType: openMetricsType, text: await formatOpenMetrics(registry) }
        : { contentType: registry.contentType, text: await registry.metrics() },
  };
}
