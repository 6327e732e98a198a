import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, stringify } from 'yaml';

const rulesFolder = path.resolve(import.meta.dirname, '../../prometheus/rules');

/** Where the rules of `deploy/prometheus` stand for the Prometheus operator. */
export const prometheusRulesFile = path.resolve(
  import.meta.dirname,
  '../components/monitoring/prometheus-rules.yaml',
);

/** The rules as the operator takes them. */
export function renderPrometheusRules(): string {
  const groups = globSync('*.yml', { cwd: rulesFolder })
    .sort()
    .flatMap((file) => parse(readFileSync(path.join(rulesFolder, file), 'utf8')).groups);
  const document = {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: 'gateway' },
    spec: { groups },
  };
  const header =
    '# Made of deploy/prometheus/rules by: node deploy/kubernetes/src/write-prometheus-rules.ts\n';
  return header + stringify(document, { lineWidth: 0 });
}
