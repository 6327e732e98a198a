/** The text exposition format of Prometheus (version 0.0.4), as far as the services write it. */

export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Samples in the order of the text; comments and lines that are none are left out. */
export function parseMetrics(text: string): MetricSample[] {
  return text.split('\n').flatMap((row) => {
    const [, name, labels = '', value] = line.exec(row) ?? [];
    if (name === undefined || row.startsWith('#')) return [];
    return [{ name, labels: parseLabels(labels), value: toNumber(value ?? '') }];
  });
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(label)].map(([, name = '', value = '']) => [name, value]));
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/** One text of many replicas’: every sample says whose it is, by the labels `process` and `replica`. */
export function joinMetrics(
  replicas: readonly { readonly service: string; readonly replica: number; readonly text: string }[],
): string {
  const heads = new Map<string, string>();
  const rows = new Map<string, string[]>();
  for (const { service, replica, text } of replicas) {
    let family = '';
    for (const row of text.split('\n')) {
      const [, kind, name = ''] = /^# (HELP|TYPE) (\S+)/.exec(row) ?? [];
      if (kind !== undefined) {
        family = name;
        if (!rows.has(family)) heads.set(family, `${heads.get(family) ?? ''}${row}\n`);
        if (kind === 'TYPE' && !rows.has(family)) rows.set(family, []);
      } else if (row !== '') rows.get(family)?.push(owned(row, service, replica));
    }
  }
  return [...rows].map(([family, samples]) => `${heads.get(family) ?? ''}${samples.join('\n')}\n`).join('');
}

/** `process`, because some samples have a label `service` already. */
function owned(row: string, service: string, replica: number): string {
  const own = `process="${service}",replica="${replica}"`;
  const [name, rest] = splitAt(row, row.search(/[{\s]/));
  return rest.startsWith('{') ? `${name}{${own},${rest.slice(1)}` : `${name}{${own}}${rest}`;
}

const splitAt = (text: string, at: number): [string, string] => [text.slice(0, at), text.slice(at)];

/** Sum of the samples of a name whose labels are as given. */
export function sumOf(
  samples: readonly MetricSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
    .reduce((sum, { value }) => sum + value, 0);
}
