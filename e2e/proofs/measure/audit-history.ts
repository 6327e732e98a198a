import { callRecordExample, operatorChangeExample } from '@4runr/contracts/audit';
import { Client } from 'pg';

/** A trail of the whole months before this one, the same in every run but for its dates. */
export interface AuditHistory {
  readonly months: number;
  readonly items: number;
  readonly from: Date;
  /** The beginning of this month. */
  readonly to: Date;
}

/**
 * How the trail is made up. The first of a thousand agents makes a tenth of all calls, the last a three-thousandth; the tool and
 * the agent named here are of the first month alone: a search for them has all the others in its way.
 */
export const agentCount = 1_000;
export const formerTool = 'gmail_send';
export const formerAgent = 'agt_former';

export function planHistory(items: number, months: number): AuditHistory {
  const now = new Date();
  const monthsAgo = (count: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count));
  return { items, months, from: monthsAgo(months), to: monthsAgo(0) };
}

/** Makes the months, two at a time, as the service makes them; their indexes once they are full. */
export async function fillHistory(postgresUrl: string, history: AuditHistory): Promise<void> {
  const left = Array.from({ length: history.months }, (_, month) => month);
  await Promise.all([fillMonths(postgresUrl, history, left), fillMonths(postgresUrl, history, left)]);
}

/** Takes from what is left until nothing is. */
async function fillMonths(url: string, history: AuditHistory, left: number[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`set maintenance_work_mem = '1GB'`);
  for (let month = left.shift(); month !== undefined; month = left.shift()) {
    await fillMonth(client, history, month);
  }
  await client.end();
}

async function fillMonth(
  client: Client,
  { items, months, from }: AuditHistory,
  month: number,
): Promise<void> {
  const begin = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month));
  const end = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + month + 1));
  const count = Math.ceil(items / months);
  const table = `policy.audit_items_${begin.toISOString().slice(0, 7).replace('-', '_')}`;
  await client.query(
    `create table ${table} (like policy.audit_items including defaults including constraints)`,
  );
  await client.query('select setseed($1)', [month / months]);
  const stepMs = Math.floor((end.getTime() - begin.getTime()) / count);
  const examples = [JSON.stringify(callRecordExample), JSON.stringify(operatorChangeExample)];
  await client.query(insertOf(table), [begin, stepMs, count, month, ...examples]);
  await client.query(
    `alter table policy.audit_items attach partition ${table}
     for values from ('${begin.toISOString()}') to ('${end.toISOString()}')`,
  );
  await client.query(`vacuum (freeze, analyze) ${table}`);
}

/** In the order of time, three at a moment, whole records as they are stored. */
function insertOf(table: string): string {
  return `
    with chosen as (
      select n, $1::timestamptz + ((n - 1) / 3 * 3 * $2::bigint) * interval '1 ms' as at,
        n % 10000 = 0 as is_change, floor(${agentCount} * random() ^ 3)::int as agent, random() as r, random() as o
      from generate_series(1, $3::int) as n
    ), named as (
      select at, n, is_change, 'call_' || md5($4::int || '-' || n) as call_id,
        'chg_' || lpad(($4 * 100000000::bigint + n)::text, 20, '0') as change_id,
        case when $4 = 0 and r < 0.001 then '${formerAgent}' else 'agt_' || agent end as agent,
        case when $4 = 0 and r < 0.1 then '${formerTool}' when r < 0.5 then 'serpapi' when r < 0.8 then 'http_fetch' else 'openai' end as tool,
        case when o < 0.92 then 'completed' when o < 0.97 then 'denied' when o < 0.99 then 'limited' else 'failed' end as outcome
      from chosen
    ), acting as (
      select *, case tool when 'serpapi' then 'search' when 'http_fetch' then 'get' when 'openai' then 'chat' else 'send' end as action,
        to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as moment
      from named
    )
    insert into ${table} (id, at, kind, agent, tool, action, outcome, body)
    select call_id, at, 'call', agent, tool, action, outcome, $5::jsonb || jsonb_build_object(
      'id', call_id, 'at', moment, 'agent', agent, 'tool', tool, 'action', action, 'outcome', outcome)
    from acting where not is_change
    union all
    select change_id, at, 'operator_change', null, null, 'agent.suspend', null, $6::jsonb || jsonb_build_object(
      'id', change_id, 'at', moment, 'operator', 'opr_' || n / 10000 % 20,
      'target', jsonb_build_object('type', 'agent', 'id', agent))
    from acting where is_change`;
}
