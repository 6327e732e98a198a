import { writeFileSync } from 'node:fs';
import { prometheusRulesFile, renderPrometheusRules } from './prometheus-rules.ts';

writeFileSync(prometheusRulesFile, renderPrometheusRules());
