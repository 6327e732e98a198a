import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { CallRow } from '../record/call-row.ts';
import type { Analysis } from './analysis.ts';
import { isService } from './analysis.ts';
import type { Block } from './document.ts';
import { verdicts } from './figures.ts';
import { summarise } from './statistics.ts';
import { coresOverTime } from './usage.ts';

use([LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);

/** A line: minutes from the begin of the load, and a value; null where there is none, so that the line is broken. */
interface Line {
  readonly name: string;
  readonly points: readonly Point[];
}

type Point = readonly [minutes: number, value: number | null];

interface Drawing {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly Line[];
  readonly isStacked?: boolean;
  readonly isLogarithmic?: boolean;
  readonly isStepped?: boolean;
}

/** Everything of a run over its time. */
export function charts(analysis: Analysis): Block[] {
  const marks = analysis.run.record.happenings
    .filter(({ kind }) => kind !== 'ready again')
    .map(({ atMs, kind, what }) => ({
      xAxis: minutes(atMs),
      name: kind === 'restart' ? `restart of ${what}` : what,
    }));
  return [rates, latencies, cpu, memory, breakers, cache]
    .map((drawing) => drawing(analysis))
    .filter(({ lines }) => lines.length > 0)
    .map((drawing) => ({ kind: 'chart', title: drawing.title, svg: toSvg(drawing, marks) }));
}

const minutes = (ms: number): number => ms / 60_000;

/** Calls by when they ended, in as many groups as a chart can show. */
function grouped({ run: { rows, record } }: Analysis): {
  widthMs: number;
  groups: [atMs: number, rows: CallRow[]][];
} {
  const widthMs = Math.max(1_000, Math.ceil(record.lastedMs / 240_000) * 1_000);
  const groups = Map.groupBy(rows, ({ endedMs }) => Math.floor(endedMs / widthMs));
  const last = Math.floor(record.lastedMs / widthMs);
  return {
    widthMs,
    groups: Array.from({ length: last }, (_, index) => [(index + 0.5) * widthMs, groups.get(index) ?? []]),
  };
}

function rates(analysis: Analysis): Drawing {
  const { widthMs, groups } = grouped(analysis);
  const lines = verdicts.map((verdict) => ({
    name: verdict,
    points: groups.map(([atMs, rows]): [number, number] => [
      minutes(atMs),
      (rows.filter((row) => row.verdict === verdict).length * 1_000) / widthMs,
    ]),
  }));
  const isThere = ({ points }: Line) => points.some(([, value]) => value !== 0);
  return {
    title: 'Calls per second, by what came of them',
    unit: '/s',
    lines: lines.filter(isThere),
    isStacked: true,
  };
}

function latencies(analysis: Analysis): Drawing {
  const summaries = grouped(analysis).groups.map(([atMs, rows]) => {
    const allowed = rows.filter(({ verdict }) => verdict === 'allowed');
    return { atMs, ...summarise(allowed.map(({ ms }) => ms)) };
  });
  const lines = (['p50', 'p95', 'p99', 'max'] as const).map((name) => ({
    name,
    points: summaries.map((summary): Point => [minutes(summary.atMs), orNull(summary[name])]),
  }));
  const isThere = summaries.some(({ count }) => count > 0);
  return { title: 'Time of allowed calls', unit: 'ms', lines: isThere ? lines : [], isLogarithmic: true };
}

const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

const namesOf = ({ parts, generators }: Analysis): string[] =>
  [...parts, ...generators].map(({ name }) => name);

function cpu(analysis: Analysis): Drawing {
  const lines = namesOf(analysis).map((name) => ({
    name,
    points: coresOverTime(analysis.run.samples, ({ parts }) => parts.find((part) => part.name === name)).map(
      ({ atMs, cores }): [number, number] => [minutes(atMs), cores],
    ),
  }));
  return { title: 'CPU by process', unit: 'cores', lines, isStacked: true };
}

function memory(analysis: Analysis): Drawing {
  const lines = analysis.parts.filter(isService).map(({ name }) => ({
    name,
    points: analysis.run.samples.flatMap(({ atMs, parts }): [number, number][] =>
      parts.filter((part) => part.name === name).map(({ residentMiB }) => [minutes(atMs), residentMiB]),
    ),
  }));
  return { title: 'Resident memory by service', unit: 'MiB', lines };
}

function breakers({ run: { samples } }: Analysis): Drawing {
  const tools = new Set(samples.flatMap((sample) => Object.keys(sample.breakers)));
  const lines = [...tools].map((name) => ({
    name,
    points: samples.map((sample): Point => [minutes(sample.atMs), orNull(sample.breakers[name])]),
  }));
  return { title: 'Breakers: 0 closed, 1 half-open, 2 open', unit: '', lines, isStepped: true };
}

function cache(analysis: Analysis): Drawing {
  const points = grouped(analysis).groups.map(([atMs, rows]): Point => {
    const asked = rows.filter((row) => ['hit', 'stale', 'miss'].includes(row.cache));
    return [minutes(atMs), orNull(asked.filter((row) => row.cache !== 'miss').length / asked.length)];
  });
  return {
    title: 'Of the calls that asked the cache, those that it answered',
    unit: 'share',
    lines: points.some(([, value]) => value !== null) ? [{ name: 'answered by the cache', points }] : [],
  };
}

function toSvg(drawing: Drawing, marks: readonly { xAxis: number; name: string }[]): string {
  const { unit, lines, isStacked = false, isLogarithmic = false, isStepped = false } = drawing;
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 1_000, height: 340 });
  chart.setOption({
    animation: false,
    color: palette,
    legend: { type: 'plain', top: 0, itemHeight: 8, textStyle: { fontSize: 11 } },
    grid: { left: 56, right: 16, top: lines.length > 10 ? 76 : 48, bottom: 36 },
    xAxis: {
      type: 'value',
      name: 'minutes',
      nameLocation: 'middle',
      nameGap: 22,
      min: 'dataMin',
      max: 'dataMax',
      axisLabel: { showMinLabel: false, showMaxLabel: false },
    },
    yAxis: { type: isLogarithmic ? 'log' : 'value', name: unit },
    series: lines.map(({ name, points }, index) => ({
      name,
      type: 'line',
      showSymbol: false,
      lineStyle: { width: 1.2 },
      ...(isStacked ? { stack: 'all', areaStyle: { opacity: 0.6 } } : {}),
      ...(isStepped ? { step: 'end' } : {}),
      ...(index === 0 && marks.length > 0 ? { markLine: markLine(marks) } : {}),
      data: points.map(([x, y]) => [rounded(x), y === null ? null : rounded(y)]),
    })),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Told apart also where sixteen processes are drawn. */
const palette = [
  ...['#4269d0', '#efb118', '#ff725c', '#3ca951', '#6cc5b0', '#a463f2', '#97bbf5', '#9c6b4e'],
  ...['#1b7f79', '#c2185b', '#7f8c1f', '#546e7a', '#d98880', '#2e4053', '#b7950b', '#884ea0'],
];

const rounded = (value: number): number => Number(value.toPrecision(5));

function markLine(marks: readonly { xAxis: number; name: string }[]) {
  return {
    symbol: 'none',
    silent: true,
    lineStyle: { color: '#888', type: 'dashed', width: 1 },
    label: { formatter: '{b}', fontSize: 9, rotate: 90, position: 'insideEndTop' },
    data: [...marks],
  };
}
