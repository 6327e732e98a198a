import { cores, rate, verdict } from '../report/cells.ts';
import { type Block, heading, list, table, text } from '../report/document.ts';
import { summarise } from '../report/statistics.ts';
import type { Round } from './measure-targets.ts';
import type { Target } from './target.ts';
import type { Targets } from './targets.ts';

export type Measured = ReadonlyMap<Target, readonly Round[]>;

interface Gate {
  readonly what: string;
  readonly ratios: readonly number[];
  readonly goal: string;
  readonly isGood: (ratio: number) => boolean;
}

/** Ratios of one run, and what was measured for them. */
export function baselinesReport(options: {
  targets: Targets;
  measured: Measured;
  idleCores: number;
  about: readonly string[];
}): Block[] {
  const { targets, measured, idleCores, about } = options;
  return [
    heading(1, 'Beside a bare skeleton and Portkey'),
    list(...about),
    text(
      `While the others were measured the idle mesh took ${cores(idleCores)}: it is against them, and in our own CPU per call.`,
    ),
    heading(2, 'Gates'),
    text('Ratios round by round: the median, and the least and the greatest.'),
    table(
      ['what', 'median', 'least', 'greatest', 'goal', 'status'],
      gatesOf(targets, measured).map(({ what, ratios, goal, isGood }) => {
        const sorted = ratios.toSorted((a, b) => a - b);
        const [median, least, greatest] = [medianOf(sorted), sorted[0], sorted.at(-1)];
        return [
          what,
          ...[median, least, greatest].map((value) => value?.toFixed(2) ?? ''),
          goal,
          verdict(median, isGood),
        ];
      }),
    ),
    heading(2, 'Measured'),
    table(
      [
        'target',
        'calls/s, median',
        'least',
        'greatest',
        'CPU per call, median',
        'p50 at the fixed rate',
        'p99',
        'max',
      ],
      Object.values(targets).map((target: Target) => rowOf(target, measured.get(target) ?? [])),
    ),
  ];
}

function rowOf({ name }: Target, rounds: readonly Round[]): string[] {
  const throughputs = rounds.map(({ throughput }) => throughput).sort((a, b) => a - b);
  const { p50, p99, max } = summarise(rounds.flatMap(({ times }) => times));
  return [
    name,
    ...[medianOf(throughputs), throughputs[0], throughputs.at(-1)].map(rate),
    `${medianOf(rounds.map(({ cpuUs }) => cpuUs))?.toFixed(0)} µs`,
    ...[p50, p99, max].map((value) => `${value.toFixed(2)} ms`),
  ];
}

export function gatesOf(targets: Targets, measured: Measured): Gate[] {
  const ratio = (one: Target, other: Target, of: (round: Round) => number) =>
    ratiosOf(measured, one, other, of);
  const throughput = ({ throughput: value }: Round) => value;
  const cpu = ({ cpuUs }: Round) => cpuUs;
  const p99 = ({ times }: Round) => summarise(times).p99;
  const { search, cachedSearch, chat, skeletonSearch, portkeyChat } = targets;
  const atLeast = (limit: number) => (value: number) => value >= limit;
  const atMost = (limit: number) => (value: number) => value <= limit;
  return [
    {
      what: 'throughput: ours / skeleton, search',
      ratios: ratio(search, skeletonSearch, throughput),
      goal: '≥ 0.5',
      isGood: atLeast(0.5),
    },
    {
      what: 'CPU per call: ours / skeleton, search',
      ratios: ratio(search, skeletonSearch, cpu),
      goal: '≤ 2',
      isGood: atMost(2),
    },
    {
      what: 'throughput: ours / Portkey, chat',
      ratios: ratio(chat, portkeyChat, throughput),
      goal: '≥ 2',
      isGood: atLeast(2),
    },
    {
      what: 'p99 at the fixed rate: ours / skeleton, search',
      ratios: ratio(search, skeletonSearch, p99),
      goal: '≤ 2',
      isGood: atMost(2),
    },
    {
      what: 'throughput: cached / not cached, search',
      ratios: ratio(cachedSearch, search, throughput),
      goal: '≥ 1.5',
      isGood: atLeast(1.5),
    },
  ];
}

function ratiosOf(measured: Measured, one: Target, other: Target, of: (round: Round) => number): number[] {
  const others = measured.get(other) ?? [];
  return (measured.get(one) ?? []).flatMap((round, index) => {
    const beside = others[index];
    return beside === undefined ? [] : [of(round) / of(beside)];
  });
}

function medianOf(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  if (Number.isInteger(middle)) {
    const [low, high] = [sorted[middle - 1], sorted[middle]];
    return low === undefined || high === undefined ? undefined : (low + high) / 2;
  }
  return sorted[Math.floor(middle)];
}
