import type { StackFile } from '../stack/stack-file.ts';
import { foreignReceiver } from './span-whereabouts.ts';

/** What to know of a stack that has just started, and what to do next. */
export function renderSummary({ edge, traces }: StackFile, ms: number): string {
  const foreign = foreignReceiver(traces);
  const next = [
    ['URLs and tokens for a shell', 'eval "$(npm run -s env)"'],
    ['what runs', 'npm run status'],
    foreign === undefined
      ? ['one trace', 'npm run trace -- <X-Correlation-Id of an answer>']
      : ['traces', `go to ${foreign} (OTEL_EXPORTER_OTLP_ENDPOINT)`],
    ...(traces.jaeger === undefined ? [] : [['all traces', traces.jaeger]]),
    ['logs', '.local/logs/'],
    ['stop', 'npm stop'],
  ];
  return [
    '',
    `The gateway is up after ${(ms / 1_000).toFixed(1)} s: ${edge.https} and ${edge.http}`,
    ...next.map(([what = '', how = '']) => `  ${what.padEnd(28)} ${how}`),
  ].join('\n');
}
