import type { CounterReading, QuotaCounter } from '@4runr/decision-ledger';
import { type RawBuilder, sql } from 'kysely';
import { lagMsOf, type TrailSum } from '../domain/quota-comparison.ts';
import type { PolicyDatabase } from './database-schema.ts';

/** Calls that one statement looks at. */
const pageCallsMax = 20_000;
/** Clocks are set back; what was counted in a window may be dated so much before it. */
const clockSlackMs = 60_000;

/**
 * What the trail says that a count should have said when it was read: all that calls took of the quota until then, with what
 * was given back or settled until then. The calls of its holder are looked at along one index, the newest first.
 */
export async function sumQuotaUsage(
  database: PolicyDatabase,
  { counter, reading, callsMax, pageCalls = pageCallsMax }: UsageQuestion,
): Promise<TrailSum> {
  let [before, until, calls] = [0, 0, 0];
  let after: Page | undefined;
  do {
    if (calls + pageCalls > callsMax) return { calls, usage: 'more' };
    const { rows } = await usageStatement({ counter, reading, pageCalls }, after).execute(database);
    after = rows[0];
    calls += after?.calls ?? 0;
    before += Number(after?.before);
    until += Number(after?.until);
  } while (after?.calls === pageCalls);
  return { calls, usage: { least: Math.min(before, until), most: Math.max(before, until) } };
}

export interface UsageQuestion {
  readonly counter: QuotaCounter;
  readonly reading: CounterReading;
  /** Most calls that may be looked at. */
  readonly callsMax: number;
  /** Calls that one statement looks at; fewer for tests alone. */
  readonly pageCalls?: number;
}

interface Page {
  readonly calls: number;
  /** Where it ends; null where there are none. */
  readonly at: Date | null;
  readonly id: string | null;
  /** Sums without and with what was counted in the moment of the reading; numeric comes as text. */
  readonly before: string;
  readonly until: string;
}

/** What an outcome tells of what was used; a call stays one. */
const usedMembers = { calls: 'none', tokens: 'tokens', usd: 'usdMicros' };

/** One page. The order is that of the indexes of holders, which no other index has (migration 0006). */
export function usageStatement(
  { counter, reading, pageCalls }: Omit<Required<UsageQuestion>, 'callsMax'>,
  after: Page | undefined,
): RawBuilder<Page> {
  const { key, per, cost } = counter;
  const settledBefore = reading.atMs - lagMsOf(counter);
  return sql<Page>`
    with looked_at as materialized (
      select at, id, body -> 'taken' as taken, body -> 'settlement' as settlement
      from policy.audit_items
      where ${ofHolder(counter)} and ${within(counter, reading)} and ${isBehind(after)}
      order by at desc nulls last, id desc nulls last limit ${pageCalls}
    ), last as (
      select at, id from looked_at order by at, id limit 1
    ), takings as (
      select taking.amount, taking."takenMs" as taken_ms, (settlement ->> 'atMs')::numeric as settled_ms,
        case when settlement ? 'givenBack' then 0
          else coalesce((settlement #>> ${`{used,${usedMembers[cost]}}`}::text[])::numeric, taking.amount) end as settled
      from looked_at, jsonb_to_recordset(looked_at.taken)
        as taking(key text, per text, amount numeric, "takenMs" numeric, "countedMs" numeric)
      where taking.key = ${key} and taking.per = ${per} and ${isCounted(counter, reading)}
    )
    select (select count(*)::int from looked_at) as calls, (select at from last) as at, (select id from last) as id,
      coalesce(sum(case when settled_ms < ${settledBefore} then settled else amount end)
        filter (where taken_ms < ${reading.atMs}), 0) as before,
      coalesce(sum(case when settled_ms <= ${reading.atMs} then settled else amount end)
        filter (where taken_ms <= ${reading.atMs}), 0) as until
    from takings`;
}

/** Written as in the indexes: migrations 0006 and 0008. */
function ofHolder({ per, holder }: QuotaCounter): RawBuilder<unknown> {
  if (per === 'agent') return sql`agent = ${holder}`;
  return sql`body ->> 'role' = ${holder} and body @> '{"taken":[{"per":"role"}]}'`;
}

/** When calls were decided that may be counted. */
function within(counter: QuotaCounter, { sinceMs, atMs }: CounterReading): RawBuilder<unknown> {
  const { algorithm, windowMs } = counter;
  const countedAheadMs = algorithm === 'fixed' ? 0 : Math.ceil(windowMs / 100);
  const from = new Date(sinceMs - countedAheadMs - clockSlackMs);
  return sql`at >= ${from} and at <= ${new Date(atMs + lagMsOf(counter))}`;
}

function isBehind(after: Page | undefined): RawBuilder<unknown> {
  if (after === undefined) return sql`true`;
  return sql`at <= ${after.at} and (at, id) < (${after.at}, ${after.id})`;
}

function isCounted({ algorithm }: QuotaCounter, { sinceMs }: CounterReading): RawBuilder<unknown> {
  const counted = sql`taking."countedMs"`;
  return algorithm === 'fixed' ? sql`${counted} = ${sinceMs}` : sql`${counted} >= ${sinceMs}`;
}
