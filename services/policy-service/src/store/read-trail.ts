import { translateDatabaseError } from '@4runr/service-kit/postgres';
import type { PolicyDatabase } from './database-schema.ts';

/** Carries out a read of the audit trail on the database that is to answer it. It may be carried out twice. */
export type ReadTrail = <T>(read: (database: PolicyDatabase) => Promise<T>) => Promise<T>;

/** What came of asking the replica: `answered`, or why the primary was asked instead. */
export type ReplicaReading = 'answered' | 'failed' | 'lagging' | 'unreachable';

export interface ReplicaReadParts {
  readonly primary: PolicyDatabase;
  readonly replica: PolicyDatabase;
  /** Whether the replica is fit to be asked now, else why it is not. */
  readonly state: () => 'fit' | 'lagging' | 'unreachable';
  readonly onRead: (reading: ReplicaReading, error?: Error) => void;
}

/** Reads from the replica while it is fit, and from the primary where it is not, or fails. */
export function createReplicaRead({ primary, replica, state, onRead }: ReplicaReadParts): ReadTrail {
  return async (read) => {
    const current = state();
    if (current !== 'fit') {
      onRead(current);
      return read(primary);
    }
    try {
      const answer = await read(replica);
      onRead('answered');
      return answer;
    } catch (error) {
      if (!(error instanceof Error) || isFaultOfQuestion(error)) throw error;
      onRead('failed', error);
      return read(primary);
    }
  };
}

/** The primary would say the same. */
function isFaultOfQuestion(error: Error): boolean {
  return translateDatabaseError(error)?.code === 'request.invalid';
}
