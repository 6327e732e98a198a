import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** What a panel asks, in PromQL (`expr`) or in SQL (`rawSql`). */
export interface PanelQuery {
  readonly dashboard: string;
  /** Of its panel. */
  readonly title: string;
  readonly datasource: { readonly type: string; readonly uid: string };
  readonly expr?: string;
  readonly rawSql?: string;
}

/** Every query of a dashboard's panels. */
export function queriesOf({ uid, panels = [] }: Dashboard): PanelQuery[] {
  return panels.flatMap((panel) => {
    const { title, targets } = panel as {
      title: string;
      targets?: readonly Omit<PanelQuery, 'dashboard' | 'title'>[];
    };
    return (targets ?? []).map(({ datasource, expr, rawSql }) => ({
      ...{ dashboard: String(uid), title, datasource },
      ...(expr === undefined ? {} : { expr }),
      ...(rawSql === undefined ? {} : { rawSql }),
    }));
  });
}

/** With what Grafana would fill in for the width of a step. */
export const withIntervals = (expr: string, interval = '1m'): string =>
  expr.replaceAll('$__rate_interval', interval);
