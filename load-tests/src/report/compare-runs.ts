import type { RecordedRun } from '../record/report-folder.ts';
import { type Analysis, analyse } from './analysis.ts';
import { type Block, heading, table } from './document.ts';

/** Two runs side by side, and what the second is of the first. */
export function compareRuns(one: RecordedRun, other: RecordedRun): Block[] {
  const [a, b] = [analyse(one), analyse(other)];
  const nameOf = ({ record }: RecordedRun) =>
    `${record.scenario}, ${record.begunAt.slice(0, 16)}, \`${record.commit}\``;
  return [
    heading(1, 'Two runs'),
    table(
      ['', nameOf(one), nameOf(other), 'second / first'],
      rows.map(({ name, of, digits = 2 }) => line(name, of(a), of(b), digits)),
    ),
    heading(2, 'CPU per call, µs'),
    table(
      ['part', 'first', 'second', 'second / first'],
      a.parts.map(({ name }) => line(name, cpuPerCall(a, name), cpuPerCall(b, name), 0)),
    ),
  ];
}

interface Row {
  readonly name: string;
  readonly of: (analysis: Analysis) => number;
  readonly digits?: number;
}

const rows: readonly Row[] = [
  { name: 'calls', of: ({ figures }) => figures.total, digits: 0 },
  { name: 'allowed', of: ({ figures }) => figures.times.allowed.count, digits: 0 },
  { name: 'denied', of: ({ figures }) => figures.times.denied.count, digits: 0 },
  { name: 'failed', of: ({ figures }) => figures.times.failed.count, digits: 0 },
  { name: 'answered otherwise', of: ({ figures }) => figures.times.broken.count, digits: 0 },
  { name: 'calls per second', of: ({ figures }) => figures.averageRate },
  { name: 'allowed: mean, ms', of: ({ figures }) => figures.times.allowed.mean },
  { name: 'allowed: p50, ms', of: ({ figures }) => figures.times.allowed.p50 },
  { name: 'allowed: p95, ms', of: ({ figures }) => figures.times.allowed.p95 },
  { name: 'allowed: p99, ms', of: ({ figures }) => figures.times.allowed.p99 },
  { name: 'allowed: max, ms', of: ({ figures }) => figures.times.allowed.max },
  { name: 'denied: mean, ms', of: ({ figures }) => figures.times.denied.mean },
  { name: 'denied: p99, ms', of: ({ figures }) => figures.times.denied.p99 },
  { name: 'CPU per call of the mesh, µs', of: (analysis) => cpuPerCall(analysis), digits: 0 },
  {
    name: 'memory at its peak, MiB',
    of: ({ parts }) => parts.reduce((sum, { peak }) => sum + peak, 0),
    digits: 0,
  },
];

function cpuPerCall({ parts, figures }: Analysis, part?: string): number {
  const own = part === undefined ? parts : parts.filter(({ name }) => name === part);
  return own.reduce((sum, { cpuUs }) => sum + cpuUs, 0) / figures.total;
}

function line(name: string, a: number, b: number, digits: number): string[] {
  const cell = (value: number) => (Number.isFinite(value) ? value.toFixed(digits) : '');
  return [name, cell(a), cell(b), cell(b / a) === '' ? '' : (b / a).toFixed(2)];
}
