import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/**
 * Items are found by each filter in the order of time. `nulls last` tells these indexes from the primary key, which is in
 * the order of time too: a search that asks for it cannot be planned along the primary key, past everything that does not
 * fit. Most items are calls, and most calls completed: neither is in an index, as either finds next to everything.
 */
export const searchAuditTrail: Migration = {
  async up(database: Kysely<unknown>) {
    for (const name of ['agent', 'kind', 'operator', 'target']) {
      await sql`drop index ${sql.table(`policy.audit_items_${name}`)}`.execute(database);
    }
    for (const [name, columns, condition] of indexes) {
      await sql`
        create index ${sql.ref(`audit_items_${name}`)}
        on policy.audit_items (${columns} at desc nulls last, id desc nulls last) where ${condition}`.execute(
        database,
      );
    }
  },
};

const isChange = sql`kind = 'operator_change'`;
const isNotCompleted = sql`outcome <> 'completed'`;
const isOfTool = sql`tool is not null`;

type Index = readonly [name: string, columns: RawBuilder<unknown>, condition: RawBuilder<unknown>];

const indexes: readonly Index[] = [
  ['change', sql``, isChange],
  ['operator', sql`(body ->> 'operator'),`, isChange],
  ['target', sql`(body #>> '{target,id}'),`, isChange],
  ['agent', sql`agent,`, sql`agent is not null`],
  ['agent_outcome', sql`agent, outcome,`, sql`agent is not null and ${isNotCompleted}`],
  ['outcome', sql`outcome,`, isNotCompleted],
  ['tool', sql`tool,`, isOfTool],
  ['tool_action', sql`tool, action,`, isOfTool],
  ['action', sql`action,`, sql`action is not null`],
];
