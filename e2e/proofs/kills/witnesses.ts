import { partitionOf, partitionTag } from '@4runr/contracts/partition';
import type { RedisClientType } from '@redis/client';
import type { Pool as Database } from 'pg';

/** What the audit trail says of a call. */
export interface AuditRow {
  readonly id: string;
  readonly agent: string;
  readonly tool: string;
  readonly decision: 'allowed' | 'denied' | 'limited' | null;
  readonly decisionId: string | null;
  readonly outcome: string | null;
  readonly dispatched: 'yes' | 'maybe' | 'no' | null;
  /** Of the answer that the proxy gave. */
  readonly status: number | null;
  readonly code: string | null;
  /** Null of a call that was refused before it was decided. */
  readonly paramsSha256: string | null;
  /** Of a call that was answered by the outcome of an earlier one with its idempotency key: the id of that one. */
  readonly replayOf: string | null;
}

/** Every row of these agents, the oldest first. */
export async function auditRowsOf(database: Database, agents: readonly string[]): Promise<AuditRow[]> {
  return readRows(database, 'agent', agents);
}

async function readRows(
  database: Database,
  column: 'id' | 'agent',
  values: readonly string[],
): Promise<AuditRow[]> {
  const { rows } = await database.query<AuditRow>(
    `select id, agent, tool, outcome, body ->> 'decision' as decision, body ->> 'decisionId' as "decisionId",
       body ->> 'dispatched' as dispatched, (body ->> 'status')::int as status, body ->> 'code' as code,
       body ->> 'paramsSha256' as "paramsSha256", body ->> 'replayOf' as "replayOf"
     from policy.audit_items where kind = 'call' and ${column} = any($1) order by at, id`,
    [values],
  );
  return rows;
}

/** Whether the call counts in its quotas: it was allowed, and not given back as never sent. */
export function isCounted({ decision, outcome, dispatched }: AuditRow): boolean {
  return decision === 'allowed' && (outcome === null || dispatched !== 'no');
}

/** What a quota's counter says. */
export interface QuotaCount {
  readonly used: number;
  /** The calls of a sliding window, sorted; undefined of a fixed one, which only counts. */
  readonly calls: readonly string[] | undefined;
}

/** Every quota of an agent or a role that has been taken of. */
export async function quotaCountsOf(
  redis: RedisClientType,
  holder: 'agent' | 'role',
  id: string,
): Promise<QuotaCount[]> {
  const keys = await redis.keys(`${partitionTag(partitionOf(id))}:quota:${holder}:${id}:*`);
  const counters = keys.filter((key) => !key.endsWith(':entries')).sort();
  return Promise.all(counters.map((key) => readCount(redis, key)));
}

async function readCount(redis: RedisClientType, key: string): Promise<QuotaCount> {
  const { used, sum } = await redis.hGetAll(key);
  if (used !== undefined) return { used: Number(used), calls: undefined };
  const calls = await redis.zRange(`${key}:entries`, 0, -1);
  return { used: Number(sum ?? 0), calls: calls.sort() };
}

/** Ids of the calls that hold a share of the role's quotas, or of any role's, which nobody has settled. */
export async function roleHoldersOf(redis: RedisClientType, role?: string): Promise<string[]> {
  const prefix = `${role === undefined ? '{p*}' : partitionTag(partitionOf(role))}:role-hold:`;
  const keys = await redis.keys(`${prefix}*`);
  const holds = keys.length === 0 ? [] : await redis.mGet(keys);
  // Roles of one partition keep their holds side by side: only the quotas that a hold names tell whose it is.
  const isHeld = (hold: string | null | undefined) =>
    hold?.includes(`:quota:role:${role === undefined ? '' : `${role}:`}`) === true;
  return keys.filter((_, at) => isHeld(holds[at])).map((key) => key.slice(key.lastIndexOf(':') + 1));
}

/** Those of these calls that count in their quotas. */
export async function countedCallsOf(database: Database, calls: readonly string[]): Promise<string[]> {
  const rows = await readRows(database, 'id', calls);
  return rows.filter(isCounted).map(({ id }) => id);
}

interface MailPage {
  readonly items: readonly { readonly subject: string }[];
  readonly nextCursor: number | null;
}

/** Subjects of all mails that the simulated Gmail has kept, the newest first. */
export async function subjectsReceived(simulatorUrl: string): Promise<string[]> {
  const subjects: string[] = [];
  let cursor: number | null | undefined;
  do {
    const query = `limit=1000${cursor === undefined ? '' : `&cursor=${cursor}`}`;
    const page: MailPage = (await (await fetch(`${simulatorUrl}/_sim/mailbox?${query}`)).json()) as MailPage;
    subjects.push(...page.items.map(({ subject }) => subject));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return subjects;
}

/** Which of these targets the trail says were created by operators: as often as it says so. */
export async function changedTargetsOf(database: Database, targets: readonly string[]): Promise<string[]> {
  const { rows } = await database.query<{ target: string }>(
    `select body -> 'target' ->> 'id' as target from policy.audit_items
     where kind = 'operator_change' and body -> 'target' ->> 'id' = any($1)`,
    [targets],
  );
  return rows.map(({ target }) => target);
}
