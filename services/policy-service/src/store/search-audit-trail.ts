import { type RawBuilder, sql } from 'kysely';
import { type AuditFilter, type AuditSearch, planAuditSearch } from '../domain/audit-search.ts';
import type { AuditPage, AuditQuestion, AuditTrail } from '../domain/audit-trail.ts';
import type { PolicyDatabase } from './database-schema.ts';
import type { ReadTrail } from './read-trail.ts';

/** Most items that a page looks at for those that fit, which bounds the time that it takes. More than a page may hold. */
export const lookedAtMax = 5_000;

/** What is encrypted stays where it is. As text: a page of it is large, and nobody here reads it. */
const shownBody = sql<string>`(body - '{sealedFacts,basis}'::text[])::text`;

/** What items are found by, written as in their indexes (migration 0006). */
const found = {
  kind: sql`kind`,
  agent: sql`agent`,
  tool: sql`tool`,
  action: sql`action`,
  outcome: sql`outcome`,
  operator: sql`kind = 'operator_change' and body ->> 'operator'`,
  target: sql`kind = 'operator_change' and body #>> '{target,id}'`,
} satisfies Record<AuditFilter, RawBuilder<unknown>>;

/** The order of the primary key backwards; that of the indexes of filters is no other, and cannot be had by the primary key. */
const newestFirst = sql`at desc, id desc`;
const newestFirstAlongFilters = sql`at desc nulls last, id desc nulls last`;

/** The audit trail in Postgres, as operators read it. */
export function createAuditTrail(readTrail: ReadTrail): AuditTrail {
  return { list: (question) => readTrail((database) => searchAuditTrail(database, question)) };
}

/** A page of what fits all filters. Where little fits it may be short, or empty, and still have a next one. */
export async function searchAuditTrail(
  database: PolicyDatabase,
  question: AuditQuestion,
): Promise<AuditPage> {
  const search = planAuditSearch(question);
  if (search === undefined) return { items: [], next: undefined };
  const { rows } = await searchStatement(question, search).execute(database);
  const { limit } = question;
  const page = rows.slice(0, limit);
  return {
    items: page.filter(({ fits }) => fits === true).map(({ body }) => body),
    next: rows.length > limit ? page.at(-1) : page.find(({ isLast }) => isLast),
  };
}

interface LookedAt {
  readonly at: Date;
  readonly id: string;
  readonly body: string;
  readonly fits: boolean | null;
  /** Whether more would have to be looked at to find more. It may not fit itself. */
  readonly isLast: boolean;
}

/**
 * One page, and one row more where there is more that fits. Where all that the index finds fits, no more is looked at than that: told of the
 * bound alone, Postgres fetches and sorts all of an agent's day for a page of it.
 */
export function searchStatement(question: AuditQuestion, { along, rest }: AuditSearch): RawBuilder<LookedAt> {
  const rows = question.limit + 1;
  const lookedAt = rest.length === 0 ? rows : lookedAtMax;
  const order = along.length === 0 ? newestFirst : newestFirstAlongFilters;
  const fitting = (filters: readonly AuditFilter[]) =>
    filters.map((filter) => sql`${found[filter]} = ${question[filter]}`);
  return sql<LookedAt>`
    select at, id, ${shownBody} as body, fits, place = ${lookedAtMax} as "isLast"
    from (
      select at, id, body, ${all(fitting(rest))} as fits, row_number() over (order by ${order}) as place
      from policy.audit_items
      where ${all([...fitting(along), ...within(question)])}
      order by ${order} limit ${lookedAt}
    ) as looked_at
    where fits or place = ${lookedAtMax}
    order by ${order} limit ${rows}`;
}

/** The moment of the position leaves out months; its place within the moment cannot. */
function within({ from, to, after }: AuditQuestion): RawBuilder<unknown>[] {
  return [
    ...(from === undefined ? [] : [sql`at >= ${new Date(from)}`]),
    ...(to === undefined ? [] : [sql`at < ${new Date(to)}`]),
    ...(after === undefined ? [] : [sql`at <= ${after.at} and (at, id) < (${after.at}, ${after.id})`]),
  ];
}

function all(conditions: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}
