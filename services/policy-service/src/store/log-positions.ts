import { sql } from 'kysely';
import type { PolicyDatabase } from './database-schema.ts';

/** A server that was named as a replica and is none: a primary, or one that was made one. */
export class NoReplicaError extends Error {
  override readonly name = 'NoReplicaError';
}

/** How far the primary's log is on disk: what replicas can have. */
export async function writtenUntil(primary: PolicyDatabase): Promise<bigint> {
  const { rows } = await sql<{ position: string }>`
    select pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::text as position`.execute(primary);
  return BigInt(rows[0]?.position ?? 0);
}

/**
 * How far a hot standby has replayed the primary's log.
 *
 * @throws NoReplicaError
 */
export async function replayedUntil(replica: PolicyDatabase): Promise<bigint> {
  const { rows } = await sql<{ position: string | null }>`
    select case when pg_is_in_recovery() then pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::text end as position`.execute(
    replica,
  );
  const position = rows[0]?.position ?? undefined;
  if (position === undefined) throw new NoReplicaError('AUDIT_READ_DATABASE_URL names no streaming replica');
  return BigInt(position);
}
