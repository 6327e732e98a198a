import type { Registry } from 'prom-client';

export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/**
 * What a registry holds in the OpenMetrics format 1.0, exemplars included. prom-client can write it too, but then counters lose
 * the end of their names in the classic format for good (`registry.js` of 15.1.3).
 */
export async function formatOpenMetrics(registry: Registry): Promise<string> {
  const families = (await registry.getMetricsAsJSON()) as unknown as readonly Family[];
  return `${families.map(formatFamily).join('')}# EOF\n`;
}

/** What `getMetricsAsJSON` gives; its type names less. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: readonly Sample[];
}

interface Sample {
  readonly metricName?: string;
  readonly labels: Labels;
  readonly value: number;
  readonly exemplar?: Exemplar | null;
}

type Labels = Readonly<Record<string, string | number | undefined>>;

interface Exemplar {
  readonly labelSet: Labels;
  readonly value: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

function formatFamily({ name, help, type, values }: Family): string {
  // A counter's family has the name without its end, its samples have it with.
  const isCounter = type === 'counter' && name.endsWith('_total');
  const family = isCounter ? name.slice(0, -'_total'.length) : name;
  const shownType = type === 'counter' && !isCounter ? 'unknown' : type;
  const head = `# HELP ${family} ${escapeText(help)}\n# TYPE ${family} ${shownType}\n`;
  return head + values.map((sample) => formatSample(name, sample)).join('');
}

function formatSample(name: string, { metricName = name, labels, value, exemplar }: Sample): string {
  const told = exemplar == null ? '' : ` # ${formatExemplar(exemplar)}`;
  return `${metricName}${formatLabels(labels)} ${formatValue(value)}${told}\n`;
}

function formatExemplar({ labelSet, value, timestamp }: Exemplar): string {
  return `${formatLabels(labelSet)} ${formatValue(value)} ${timestamp}`;
}

function formatLabels(labels: Labels): string {
  const pairs = Object.entries(labels)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}="${escapeText(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}

function escapeText(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"');
}
