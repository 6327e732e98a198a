import { sql } from 'kysely';
import type { AuthDatabase } from './database-schema.ts';

/** One clock for all replicas. Not the time at which a transaction began: it may have waited for a lock since. */
export async function databaseTime(database: AuthDatabase): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(database);
  return rows[0]?.now ?? new Date();
}
