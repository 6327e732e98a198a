import { isService } from '../record/part-names.ts';
import { type Block, heading, table, text } from '../report/document.ts';
import type { ReplicasRun } from './measure-replicas.ts';
import {
  coresAt,
  growingKinds,
  keptBytesPerRate,
  mean,
  modelParts,
  rates,
  replicasAt,
  utilisation,
} from './model.ts';

/** What a call adds to the stores, what is kept of it, and what all that is at higher rates. */
export function needs(runs: readonly ReplicasRun[]): Block[] {
  return [
    heading(2, 'What a call adds to the stores'),
    addedTable(runs),
    heading(2, 'What is kept in Redis'),
    text(
      'Kinds of key of which there is one for a hundred calls or more. The time is the longest that one had left.',
    ),
    keptTable(runs),
    heading(2, 'At higher rates'),
    text(
      `Calculated, not measured: calls of the mix a second, times what one costs here, with no core busier than ${utilisation * 100} %. Services run on one core each, hence replicas.`,
    ),
    servicesTable(runs),
    storesTable(runs),
  ];
}

/** Per call, over all runs. */
const perCall = (runs: readonly ReplicasRun[], of: (run: ReplicasRun) => number): number =>
  mean(runs.map((run) => of(run) / run.calls));

interface Addition {
  readonly what: string;
  readonly unit: string;
  readonly of: (run: ReplicasRun) => number;
}

const additions: readonly Addition[] = [
  { what: 'Postgres: write-ahead log', unit: 'bytes', of: ({ added }) => added.walBytes },
  { what: 'Postgres: tables and indexes', unit: 'bytes', of: ({ added }) => added.databaseBytes },
  { what: 'Postgres: transactions', unit: '', of: ({ added }) => added.transactions },
  { what: 'state Redis: commands', unit: '', of: ({ added }) => added.state.commands },
  { what: 'state Redis: received', unit: 'bytes', of: ({ added }) => added.state.inputBytes },
  { what: 'state Redis: sent', unit: 'bytes', of: ({ added }) => added.state.outputBytes },
  { what: 'state Redis: append-only file', unit: 'bytes', of: ({ added }) => added.state.aofBytes },
  { what: 'cache Redis: commands', unit: '', of: ({ added }) => added.cache.commands },
  { what: 'cache Redis: received', unit: 'bytes', of: ({ added }) => added.cache.inputBytes },
  { what: 'cache Redis: sent', unit: 'bytes', of: ({ added }) => added.cache.outputBytes },
];

function addedTable(runs: readonly ReplicasRun[]): Block {
  return table(
    ['what', 'per call'],
    additions.map(({ what, unit, of }) => {
      const value = perCall(runs, of);
      return [what, `${value.toFixed(unit === '' ? 3 : 0)} ${unit}`.trim()];
    }),
  );
}

/** Kinds that grow with calls, each with its averages over all runs. */
function keptKinds(runs: readonly ReplicasRun[]) {
  const found = runs.flatMap((run) => growingKinds(run).map((kind) => ({ ...kind, run })));
  return [...Map.groupBy(found, ({ redis, kind }) => `${redis} ${kind}`)].map(([name, own]) => ({
    name,
    perCall: mean(own.map(({ keys, run }) => keys / run.callsSinceStart)),
    bytesEach: mean(own.map(({ bytesEach }) => bytesEach)),
    ttlSeconds: Math.max(...own.map(({ ttlSeconds }) => ttlSeconds)),
    bytesPerRate: mean(own.map((kind) => keptBytesPerRate(kind, kind.run.callsSinceStart))),
  }));
}

function keptTable(runs: readonly ReplicasRun[]): Block {
  return table(
    ['kind', 'keys per call', 'bytes each', 'kept for', 'in the long run, per call/s'],
    keptKinds(runs).map(({ name, perCall: keys, bytesEach, ttlSeconds, bytesPerRate }) => [
      `\`${name}\``,
      keys.toFixed(3),
      bytesEach.toFixed(0),
      `${ttlSeconds} s`,
      size(bytesPerRate),
    ]),
  );
}

const head = (name: string): string[] => [name, ...rates.map((rate) => `${rate.toLocaleString('en')}/s`)];

function servicesTable(runs: readonly ReplicasRun[]): Block {
  const parts = modelParts(runs).filter(({ cpuUsPerCall }) => cpuUsPerCall >= 1);
  return table(
    head('replicas, and cores that they use'),
    parts.map((part) => [
      part.name,
      ...rates.map((rate) => {
        const cores = coresAt(part, rate).toFixed(2);
        return isService(part.name) ? `${replicasAt(part, rate)} (${cores})` : cores;
      }),
    ]),
  );
}

function storesTable(runs: readonly ReplicasRun[]): Block {
  const added = (of: (run: ReplicasRun) => number) => perCall(runs, of);
  const held = (redis: string) =>
    keptKinds(runs)
      .filter(({ name }) => name.startsWith(redis))
      .reduce((sum, { bytesPerRate }) => sum + bytesPerRate, 0);
  const bytes = (name: string, perRate: number, suffix = '') => [
    name,
    ...rates.map((rate) => `${size(perRate * rate)}${suffix}`),
  ];
  const numbers = (name: string, perRate: number) => [
    name,
    ...rates.map((rate) => Math.ceil(perRate * rate).toLocaleString('en')),
  ];
  return table(head('stores'), [
    numbers(
      'Postgres: transactions a second, each one flush at most',
      added((run) => run.added.transactions),
    ),
    bytes(
      'Postgres: write-ahead log',
      added((run) => run.added.walBytes),
      '/s',
    ),
    bytes('Postgres: tables and indexes, a day', added((run) => run.added.databaseBytes) * 86_400),
    numbers(
      'state Redis: commands a second',
      added((run) => run.added.state.commands),
    ),
    bytes(
      'state Redis: append-only file',
      added((run) => run.added.state.aofBytes),
      '/s',
    ),
    bytes(
      'state Redis: network, both ways',
      added((run) => run.added.state.inputBytes + run.added.state.outputBytes),
      '/s',
    ),
    bytes('state Redis: memory of what is kept', held('state')),
    numbers(
      'cache Redis: commands a second',
      added((run) => run.added.cache.commands),
    ),
    bytes(
      'cache Redis: network, both ways',
      added((run) => run.added.cache.inputBytes + run.added.cache.outputBytes),
      '/s',
    ),
    bytes('cache Redis: memory, if nothing were evicted', held('cache')),
  ]);
}

/** Binary units, three digits. */
function size(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1_024 ** power).toPrecision(3)} ${units[power]}`;
}
