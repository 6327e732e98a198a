import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { selectorsOf } from '@4runr/prometheus-rules/queries';
import { rules } from '@4runr/prometheus-rules/rules';
import { parse } from 'yaml';
import { dashboards, render } from '../src/dashboards.ts';
import { queriesOf, withIntervals } from '../src/queries.ts';

const folder = path.dirname(import.meta.dirname);
const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');

describe('the dashboards', () => {
  it('are as their source makes them: node deploy/grafana/src/write-dashboards.ts', () => {
    const files = globSync('dashboards/*.json', { cwd: folder }).sort();
    assert.deepEqual(files, dashboards.map(({ uid }) => `dashboards/${uid}.json`).sort());
    for (const dashboard of dashboards)
      assert.equal(read(`dashboards/${dashboard.uid}.json`), render(dashboard), dashboard.title);
  });

  it('ask data sources that are provisioned', () => {
    const { datasources } = parse(read('provisioning/datasources/gateway.yaml')) as {
      datasources: readonly { uid: string; type: string }[];
    };
    const known = new Set(datasources.map(({ uid, type }) => `${uid} ${type}`));
    for (const { title, datasource } of dashboards.flatMap(queriesOf))
      assert.ok(known.has(`${datasource.uid} ${datasource.type}`), title);
  });

  it('ask in PromQL, and for what the rules record where they ask for records', () => {
    const recorded = new Set(rules.map(({ record }) => record));
    for (const { title, expr } of dashboards.flatMap(queriesOf)) {
      if (expr === undefined) continue;
      for (const { metric } of selectorsOf(withIntervals(expr)))
        if (metric.includes(':')) assert.ok(recorded.has(metric), `${title}: ${metric}`);
    }
  });

  it('have no two panels of one title', () => {
    for (const dashboard of dashboards) {
      const panels = (dashboard.panels ?? []).filter(({ type }) => type !== 'row');
      const titles = panels.map(({ title }) => title);
      assert.equal(new Set(titles).size, titles.length, dashboard.title);
    }
  });

  it('know agents by the audit trail alone', () => {
    for (const { expr = '' } of dashboards.flatMap(queriesOf)) assert.doesNotMatch(expr, /agent[=!]/);
  });
});
