import { Histogram, type HistogramConfiguration, type OpenMetricsContentType, Registry } from 'prom-client';
import { sampledSpan } from './trace-context.ts';

/**
 * A histogram whose buckets each know the newest trace that fell into them, as an exemplar (OpenMetrics). Traces that are not
 * sampled are counted and not named: nobody could look at them.
 */
export interface TracedHistogram<L extends string> {
  observe(labels: Readonly<Record<L, string>>, value: number): void;
}

export function createTracedHistogram<L extends string>(
  configuration: HistogramConfiguration<L>,
  registry: Registry,
): TracedHistogram<L> {
  // prom-client takes exemplars only where nothing but OpenMetrics is written; what is written of them is decided elsewhere.
  const openMetricsAlone = new Registry<OpenMetricsContentType>();
  openMetricsAlone.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  const histogram = new Histogram<string>({
    ...configuration,
    enableExemplars: true,
    registers: [openMetricsAlone],
  });
  registry.registerMetric(histogram);
  return {
    observe: (labels, value) => histogram.observe({ labels, value, exemplarLabels: exemplarLabels() }),
  };
}

const none = {};

function exemplarLabels(): Readonly<Record<string, string>> {
  const span = sampledSpan();
  return span === undefined ? none : { trace_id: span.traceId };
}
