import type { RunRecord } from '../../record/run-record.ts';
import type { Analysis } from '../analysis.ts';
import { cores, count, notMeasured } from '../cells.ts';
import { type Block, heading, table, text } from '../document.ts';

export function environment({ run: { record }, parts, generators }: Analysis): Block[] {
  const { machine, settings } = record;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const seen = parts.length > 0;
  const components = [
    'Operating system',
    'Container runtime',
    'Application server',
    'Database',
    'Cache layer',
    'Edge',
    'Load generator',
  ];
  return [
    heading(2, '2. Test environment'),
    heading(3, '2.1 Infrastructure'),
    table(
      ['component', 'specification'],
      components.map((name) => [name, machine[name] ?? notMeasured]),
    ),
    heading(3, '2.2 System resources'),
    table(
      ['resource', 'there is', 'the mesh used at its peak'],
      [
        [
          'CPU cores',
          machine['CPU cores'] ?? notMeasured,
          seen ? cores(sum(parts.map(({ peakCores }) => peakCores))) : notMeasured,
        ],
        [
          'CPU cores, load generator',
          'the same ones',
          seen ? cores(sum(generators.map(({ peakCores }) => peakCores))) : notMeasured,
        ],
        [
          'Memory',
          machine.Memory ?? notMeasured,
          seen ? `${count(sum(parts.map(({ peak }) => peak)))} MiB resident` : notMeasured,
        ],
        ['Storage', ...storageCells(record.storage)],
        ['Network', 'loopback', `${record.edgeUrl.startsWith('https') ? 'TLS' : 'plain HTTP'} to the edge`],
      ],
    ),
    text('Peaks of parts are added up though they need not have come at one time.'),
    heading(3, '2.3 Application configuration'),
    text('What differs from the defaults of `npm start`:'),
    table(
      ['setting', 'value'],
      [
        ...Object.entries(settings),
        [
          'agents',
          `${record.agents.count}, each with a key of its own; tokens last for ${record.agents.tokenTtlSeconds} s`,
        ],
      ],
    ),
  ];
}

/** What there was before the load, and what came to it. */
function storageCells(storage: RunRecord['storage']): string[] {
  if (storage === null) return [notMeasured, notMeasured];
  const { before, after } = storage;
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const grown = (name: keyof typeof before) => mib(after[name] - before[name]);
  return [
    `database ${mib(before.databaseBytes)}, append-only file of Redis ${mib(before.aofBytes)}`,
    `${grown('databaseBytes')} more in the database, ${grown('walBytes')} of WAL, ${grown('aofBytes')} more in the append-only file (less when it was rewritten meanwhile)`,
  ];
}
