import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { agent } from './dashboards/agent.ts';
import { capacity } from './dashboards/capacity.ts';
import { mesh } from './dashboards/mesh.ts';
import { policy } from './dashboards/policy.ts';
import { tool } from './dashboards/tool.ts';

/** Every dashboard, in the order of their list. */
export const dashboards: readonly Dashboard[] = [mesh, tool, agent, policy, capacity].map((each) =>
  each.build(),
);

/** Its file, as Grafana reads it. */
export const render = (dashboard: Dashboard): string => `${JSON.stringify(dashboard, null, 2)}\n`;
