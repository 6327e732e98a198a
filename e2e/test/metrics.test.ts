import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { dashboards } from '@4runr/grafana-dashboards';
import { queriesOf, withIntervals } from '@4runr/grafana-dashboards/queries';
import { exposedName, type Selector, selectorsOf } from '@4runr/prometheus-rules/queries';
import { rules } from '@4runr/prometheus-rules/rules';
import { enrolMeasured, makeEveryMetric } from './mesh/every-metric.ts';
import { type Exposition, scrapeMesh } from './mesh/exposition.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** What dashboards, operators and the system that came before count on: these names are a contract. */
const promised = `
  gateway_requests_total{tool,action,code} gateway_request_duration_ms{tool,action} gateway_agent_creations_total
  gateway_token_generations_total gateway_token_validations_total{result} gateway_token_expirations_total
  gateway_policy_denials_total{tool,action,reason} gateway_overhead_duration_ms{tool,action}
  gateway_upstream_duration_ms{tool,action} gateway_cache_events_total{tool,result} gateway_retries_total{tool,action}
  gateway_breaker_state{tool} gateway_breaker_transitions_total{tool,from,to} gateway_breaker_fastfail_total{tool}
  gateway_quota_rejections_total gateway_audit_backlog gateway_revocation_propagation_seconds
  gateway_security_events_total{event} gateway_db_pool_connections{service,state} gateway_build_info
  gateway_edge_responses_total{code,origin} process_cpu_seconds_total process_resident_memory_bytes`;

/** Of what these count nothing has happened yet; their labels are seen when it does. */
const rare = new Set([
  'gateway_audit_dropped_total',
  'gateway_usage_above_bound_total',
  // From the first comparison with the audit trail on.
  'gateway_quota_drift',
]);

/** Of exporters, of Prometheus itself, of webhooks, which this mesh does not send, and of a replica, which it does not have. */
const ofOthers = /^(redis_|pg_|up$|container_|ALERTS|gateway_job_webhooks_|gateway_audit_replica_)/;

let mesh: Exposition;
before(async () => {
  await makeEveryMetric(await enrolMeasured());
  mesh = await scrapeMesh();
});

function assertExposed({ metric, labels }: Selector, where: string): void {
  if (metric.includes(':') || ofOthers.test(metric)) return;
  const name = mesh.declared.has(metric) ? metric : exposedName(metric);
  assert.ok(mesh.declared.has(name), `${where}: no service has ${metric}`);
  const samples = mesh.samples.filter(
    (sample) => sample.name === metric || exposedName(sample.name) === metric,
  );
  if (samples.length === 0 && rare.has(metric)) return;
  const known = new Set(samples.flatMap((sample) => Object.keys(sample.labels)));
  const ofScrape = ['job', 'instance', 'le'];
  for (const label of labels)
    assert.ok(known.has(label) || ofScrape.includes(label), `${where}: ${metric} has no label ${label}`);
}

describe('a running mesh', () => {
  it('has every metric that was promised, with its labels', () => {
    for (const [, metric = '', labels = ''] of promised.matchAll(/(\w+)(?:\{([\w,]*)\})?/g))
      assertExposed({ metric, labels: labels.split(',').filter(Boolean) }, 'promised');
  });

  it('has every metric and label that rules ask for', () => {
    for (const { expr, alert, record } of rules)
      for (const selector of selectorsOf(expr)) assertExposed(selector, String(alert ?? record));
  });

  it('has every metric and label that dashboards ask for', () => {
    for (const { expr = '', title } of dashboards.flatMap(queriesOf))
      if (expr !== '')
        for (const selector of selectorsOf(withIntervals(expr))) assertExposed(selector, title);
  });

  it('has every metric that documents name', () => {
    const documents = globSync(
      ['README.md', 'docs/**/*.md', 'deploy/**/*.md', '{packages,services}/**/README.md'],
      {
        cwd: root,
        exclude: (file) => /node_modules|docs\/adr/.test(file),
      },
    );
    for (const document of documents) {
      const text = readFileSync(path.join(root, document), 'utf8');
      for (const [metric] of text.matchAll(/\bgateway_[a-z_]+(?<!_)(?=[`{[(}\s])/g))
        assertExposed({ metric, labels: [] }, document);
    }
  });

  it('names no agent, and no value that callers choose, in any label', () => {
    for (const { name, labels } of mesh.samples)
      for (const [label, value] of Object.entries(labels)) {
        assert.doesNotMatch(value, /agt_|no_such|measured|tok_|[0-9a-f]{32}/, `${name}{${label}}`);
        assert.ok(value.length <= 64, `${name}{${label}}: ${value}`);
      }
  });
});
