import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  DashboardBuilder,
  type Panel,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** A headed part of a dashboard. */
export interface Section {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
}

/** A dashboard of this house: read-only, since its source is here. `uid` is the name of its file and in its address. */
export function dashboard(options: {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks. */
  readonly since: '1h' | '6h' | '24h';
  readonly variables?: readonly QueryVariableBuilder[];
  readonly sections: readonly Section[];
}): DashboardBuilder {
  const builder = new DashboardBuilder(options.title)
    .uid(options.uid)
    .description(options.description)
    .tags(['4runr-gateway'])
    .time({ from: `now-${options.since}`, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .readonly();
  for (const variable of options.variables ?? []) builder.withVariable(variable);
  for (const { title, panels } of options.sections) {
    builder.withRow(new RowBuilder(title));
    for (const panel of panels) builder.withPanel(panel);
  }
  return builder;
}

/** Something to choose at the top of a dashboard, of the values that a query finds. */
export function choice(options: {
  readonly name: string;
  readonly label: string;
  readonly query: string;
  readonly datasource: { readonly type: string; readonly uid: string };
}): QueryVariableBuilder {
  return new QueryVariableBuilder(options.name)
    .label(options.label)
    .query(options.query)
    .datasource(options.datasource)
    .refresh(VariableRefresh.OnTimeRangeChanged);
}
