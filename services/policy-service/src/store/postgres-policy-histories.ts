import type { PolicyHistories } from '../domain/policy-change.ts';
import type { PolicyDatabase } from './database-schema.ts';

/** The history of policies in Postgres; it stays when a policy is deleted. */
export function createPolicyHistories(database: PolicyDatabase): PolicyHistories {
  return {
    async list({ name, before, limit }) {
      const rows = await database
        .selectFrom('policy_versions')
        .select(['number', 'change', 'version', 'document', 'created_at as at', 'created_by as by'])
        .where('name', '=', name)
        .$if(before !== undefined, (query) => query.where('number', '<', before ?? 0))
        .orderBy('number', 'desc')
        .limit(limit + 1)
        .execute();
      const items = rows.slice(0, limit);
      return { items, next: rows.length > limit ? items.at(-1)?.number : undefined };
    },
  };
}
