import { stack } from './gateway.ts';

/** One sample of what a service tells Prometheus. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Exposition {
  /** Names that are declared, those without a sample too. */
  readonly declared: ReadonlySet<string>;
  readonly samples: readonly Sample[];
}

/** Base URLs of everything of the mesh that is scraped, by its job. */
export function scraped(): readonly (readonly [job: string, url: string])[] {
  const { services, edge } = stack();
  return [
    ['edge', edge.exporter],
    ...Object.entries(services).flatMap(([name, replicas]) =>
      replicas.map(({ url }) => [name, url] as const),
    ),
  ];
}

/** What all of them tell now. */
export async function scrapeMesh(): Promise<Exposition> {
  const texts = await Promise.all(scraped().map(async ([, url]) => (await fetch(`${url}/metrics`)).text()));
  const lines = texts.flatMap((text) => text.split('\n'));
  return {
    declared: new Set(lines.flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? [])),
    samples: lines.flatMap((line) => parseSample(line) ?? []),
  };
}

function parseSample(line: string): Sample | undefined {
  const [, name, labels = ''] = /^([a-z]\w*)(?:\{(.*)\})? /.exec(line) ?? [];
  if (name === undefined) return undefined;
  const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
  return { name, labels: Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value])) };
}
