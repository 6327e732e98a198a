import { type Analysis, isService } from '../analysis.ts';
import { atMost, below, count, notMeasured, percent, verdict } from '../cells.ts';
import { type Block, heading, table, text } from '../document.ts';

/** MiB that a service may hold after a million calls, and the share that it may have grown by since it was warm. */
const residentMiBMax = 150;
const growthMax = 0.05;

/** What the services of a long run hold, against what they held when a quarter of it was over. */
export function memoryGrowth({ run, parts, figures }: Analysis): Block[] {
  if (run.record.scenario !== 'soak' || parts.length === 0) return [];
  const { samples, record } = run;
  const warm = samples.find(({ atMs }) => atMs >= record.lastedMs / 4);
  const last = samples.findLast(({ atMs }) => atMs <= record.lastedMs);
  const held = (sample: typeof warm, service: string) =>
    sample?.parts.find(({ name }) => name === service)?.residentMiB ?? Number.NaN;
  return [
    heading(3, '4.5 Memory over time'),
    text(`After ${count(figures.total)} calls; the goals are for a million.`),
    table(
      [
        'service',
        'MiB after a quarter',
        'MiB at the end',
        `< ${residentMiBMax} MiB`,
        'growth',
        `≤ ${percent(growthMax)}`,
      ],
      parts.filter(isService).map(({ name }) => {
        const [then, now] = [held(warm, name), held(last, name)];
        const growth = now / then - 1;
        return [
          name,
          count(then),
          count(now),
          verdict(now, below(residentMiBMax)),
          Number.isNaN(growth) ? notMeasured : percent(growth),
          verdict(growth, atMost(growthMax)),
        ];
      }),
    ),
  ];
}
