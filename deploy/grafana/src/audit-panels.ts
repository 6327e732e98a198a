import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { GraphDrawStyle, StackingConfigBuilder, StackingMode } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder as NumberBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { postgres } from './panels.ts';

/** A query of Grafana's own data source for Postgres, for which the SDK has no builder. */
interface SqlQuery extends Dataquery {
  readonly refId: string;
  readonly rawSql: string;
  readonly rawQuery: true;
  readonly editorMode: 'code';
  readonly format: 'table' | 'time_series';
  readonly datasource: typeof postgres;
}

/** A number of calls, by SQL that gives one row. */
export function count(title: string, rawSql: string): NumberBuilder {
  return new NumberBuilder()
    .span(6)
    .height(4)
    .title(title)
    .datasource(postgres)
    .withTarget(sql(rawSql, 'table'));
}

/** Numbers of calls over time: SQL that gives `time`, `metric` and `value`. */
export function bars(title: string, rawSql: string): LinesBuilder {
  return new LinesBuilder()
    .span(12)
    .height(8)
    .min(0)
    .title(title)
    .datasource(postgres)
    .drawStyle(GraphDrawStyle.Bars)
    .fillOpacity(60)
    .stacking(new StackingConfigBuilder().mode(StackingMode.Normal))
    .withTarget(sql(rawSql, 'time_series'));
}

/** Rows as SQL gives them. */
export function rows(title: string, rawSql: string): TableBuilder {
  return new TableBuilder()
    .span(24)
    .height(12)
    .title(title)
    .datasource(postgres)
    .withTarget(sql(rawSql, 'table'));
}

function sql(rawSql: string, format: SqlQuery['format']): Builder<Dataquery> {
  const query: SqlQuery = {
    refId: 'A',
    rawSql,
    rawQuery: true,
    editorMode: 'code',
    format,
    datasource: postgres,
    _implementsDataqueryVariant: () => {},
  };
  return { build: () => query };
}
