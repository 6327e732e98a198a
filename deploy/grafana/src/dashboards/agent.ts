import { bars, count, rows } from '../audit-panels.ts';
import { choice, dashboard } from '../dashboard.ts';
import { postgres } from '../panels.ts';

/** No metric has an agent as a label; what an agent did is in the audit trail alone. */
const calls = `policy.audit_items where $__timeFilter(at) and agent = \${agent:sqlstring}`;

const over = (what: string) => `
select $__timeGroupAlias(at, $__interval), ${what} as metric, count(*) as value
from ${calls} group by 1, 2 order by 1`;

/** What one agent did, by the audit trail. */
export const agent = dashboard({
  uid: 'gateway-agent',
  title: 'Gateway: one agent’s day',
  description:
    'What one agent called, and what came of it; from the audit trail. Parameters are shown by GET /v1/audit alone.',
  since: '24h',
  variables: [
    choice({
      name: 'agent',
      label: 'Agent',
      query:
        'select distinct agent from policy.audit_items where $__timeFilter(at) and agent is not null order by 1',
      datasource: postgres,
    }),
  ],
  sections: [
    {
      title: 'The day',
      panels: [
        count('Calls', `select count(*) from ${calls}`),
        count('Completed', `select count(*) from ${calls} and outcome = 'completed'`),
        count('Denied', `select count(*) from ${calls} and outcome = 'denied'`),
        count('Tools', `select count(distinct tool) from ${calls}`),
        bars('Calls by tool', over(`tool || ':' || action`)),
        bars('Calls by outcome', over('outcome')),
        rows(
          'The newest',
          `select at, tool, action, outcome, id from ${calls} order by at desc, id desc limit 200`,
        ),
      ],
    },
  ],
});
