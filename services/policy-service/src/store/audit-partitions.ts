import { sql } from 'kysely';
import type { PolicyDatabase } from './database-schema.ts';

/** Any number will do, as long as every replica takes the same and nothing else does. */
const partitionLock = 7_401_004;

/** Makes the partitions of the months that these moments (UTC) are in, where they are missing. */
export async function makePartitions(database: PolicyDatabase, moments: readonly Date[]): Promise<void> {
  const months = new Map(moments.map((moment) => [nameOf(moment), moment]));
  await inTurn(database, async (transaction) => {
    for (const [name, moment] of months) {
      if (!(await exists(transaction, name))) await makePartition(transaction, name, moment);
    }
  });
}

/**
 * Drops the partitions that hold nothing of the moment (UTC) or later.
 *
 * @returns their names
 */
export async function dropPartitions(database: PolicyDatabase, before: Date): Promise<readonly string[]> {
  return inTurn(database, async (transaction) => {
    const oldest = nameOf(before);
    const names = (await listPartitions(transaction)).filter((name) => name < oldest);
    for (const name of names) await sql`drop table ${tableOf(name)}`.execute(transaction);
    return names;
  });
}

/** Replicas take turns, so that none meets what another has half done. */
function inTurn<T>(database: PolicyDatabase, work: (transaction: PolicyDatabase) => Promise<T>): Promise<T> {
  return database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${partitionLock})`.execute(transaction);
    return work(transaction);
  });
}

/** Names sort as the months do. */
function nameOf(moment: Date): string {
  return `audit_items_${moment.toISOString().slice(0, 7).replace('-', '_')}`;
}

function tableOf(name: string) {
  return sql.table(`policy.${name}`);
}

async function exists(database: PolicyDatabase, name: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    select to_regclass(${`policy.${name}`}) is not null as found`.execute(database);
  return rows[0]?.found === true;
}

/** Attaching a table that was made before leaves readers and writers of the others alone; `partition of` would stop them. */
async function makePartition(database: PolicyDatabase, name: string, moment: Date): Promise<void> {
  const monthAfter = (months: number) =>
    sql.lit(new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth() + months)).toISOString());
  await sql`
    create table ${tableOf(name)} (like policy.audit_items including defaults including constraints)`.execute(
    database,
  );
  await sql`
    alter table policy.audit_items attach partition ${tableOf(name)}
    for values from (${monthAfter(0)}) to (${monthAfter(1)})`.execute(database);
}

async function listPartitions(database: PolicyDatabase): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'policy.audit_items'::regclass`.execute(database);
  return rows.map(({ name }) => name);
}
