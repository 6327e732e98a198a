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
        ['Storage', notMeasured, notMeasured],
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
