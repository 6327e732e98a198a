import {
  BigValueColorMode,
  StackingConfigBuilder,
  StackingMode,
} from '@grafana/grafana-foundation-sdk/common';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** Data sources by the uids of `provisioning/datasources`. */
export const prometheus = { type: 'prometheus', uid: 'prometheus' };
export const postgres = { type: 'grafana-postgresql-datasource', uid: 'audit-trail' };

/** Units of Grafana. */
export type Unit = 'short' | 'reqps' | 'ms' | 's' | 'percentunit' | 'bytes' | 'currencyUSD';

export interface PanelOptions {
  readonly title: string;
  /** What is shown, or when to look at it. */
  readonly description?: string;
  readonly unit: Unit;
  /** PromQL by what its series are called; `{{label}}` is filled in. */
  readonly queries: Readonly<Record<string, string>>;
}

/** A number, the newest, over the time that leads to it. Four of them fill a row. */
export function number(options: PanelOptions): NumberBuilder {
  const panel = new NumberBuilder().span(6).height(4).colorMode(BigValueColorMode.None);
  return describe(panel, options);
}

/** Lines over time; two of them fill a row. */
export function lines(
  options: PanelOptions & { readonly stacked?: true; readonly max?: number },
): LinesBuilder {
  const panel = describe(new LinesBuilder().span(12).height(8).min(0), options);
  if (options.max !== undefined) panel.max(options.max);
  if (!options.stacked) return panel;
  return panel.fillOpacity(30).stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

/** The series of now as rows, a column for each label. */
export function table(options: Omit<PanelOptions, 'unit'>): TableBuilder {
  const panel = new TableBuilder().span(12).height(8).title(options.title).datasource(prometheus);
  for (const [index, expr] of Object.values(options.queries).entries())
    panel.withTarget(query(index, expr, '').instant().format(PromQueryFormat.Table));
  return panel;
}

function describe<P extends NumberBuilder | LinesBuilder>(panel: P, options: PanelOptions): P {
  panel.title(options.title).datasource(prometheus).unit(options.unit);
  if (options.description !== undefined) panel.description(options.description);
  for (const [index, [legend, expr]] of Object.entries(options.queries).entries())
    panel.withTarget(query(index, expr, legend));
  return panel;
}

function query(index: number, expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder()
    .refId(String.fromCharCode(65 + index))
    .expr(expr)
    .legendFormat(legend)
    .datasource(prometheus);
}
