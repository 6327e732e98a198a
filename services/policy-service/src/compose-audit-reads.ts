import { followSetting } from '@4runr/service-kit/config';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import { createDatabase } from '@4runr/service-kit/postgres';
import { createAbsenceLog } from '@4runr/service-kit/telemetry';
import { createAuditReplicaMetrics } from './audit-replica-metrics.ts';
import type { PolicyConfig } from './config.ts';
import { createReplicaLag, type ReplicaLag } from './domain/replica-lag.ts';
import { type PolicyDatabase, type PolicySchema, schemaName } from './store/database-schema.ts';
import { replayedUntil, writtenUntil } from './store/log-positions.ts';
import { createReplicaRead, type ReadTrail, type ReplicaReading } from './store/read-trail.ts';

/** Between two looks at how far the replica is, in milliseconds. */
const watchMs = 1_000;

/**
 * Where the audit trail is read: on the replica of `AUDIT_READ_DATABASE_URL` while that can be reached and lags no more than it may, else
 * on the primary. The service neither waits for the replica nor needs it ([ADR 42](docs/adr/0042-the-audit-trail-is-read-from-a-replica-that-keeps-up.md)).
 */
export function composeAuditReads(kit: Kit<PolicyConfig>, primary: PolicyDatabase): ReadTrail {
  if (kit.config.auditReadDatabaseUrl === '') return (read) => read(primary);
  const url = followSetting(kit.config, 'auditReadDatabaseUrl');
  const replica = createDatabase<PolicySchema>(kit, { url, isCounted: false }).withSchema(schemaName);
  const state = watchReplica(kit, { primary, replica, lag: createReplicaLag() });
  return createReplicaRead({ primary, replica, ...state });
}

function watchReplica(
  kit: Kit<PolicyConfig>,
  { primary, replica, lag }: { primary: PolicyDatabase; replica: PolicyDatabase; lag: ReplicaLag },
) {
  const { auditReadLagSecondsMax: lagMax } = kit.config;
  const absence = createAbsenceLog(kit.logger);
  let isReached = false;

  const state = () => {
    const seconds = lag.seconds();
    if (!isReached) return 'unreachable';
    return seconds === undefined || seconds > lagMax ? 'lagging' : 'fit';
  };
  const metrics = createAuditReplicaMetrics(kit.metrics, {
    lagSeconds: lag.seconds,
    isFit: () => state() === 'fit',
  });

  async function look(): Promise<void> {
    // While the primary is away the replica has all that there is.
    const position = await writtenUntil(primary).catch(() => undefined);
    if (position !== undefined) lag.recordPrimary(position, performance.now());
    let failure: unknown;
    try {
      lag.recordReplica(await replayedUntil(replica));
      isReached = true;
    } catch (error) {
      failure = error;
      isReached = false;
    }
    tell(failure);
  }

  function tell(err: unknown): void {
    const current = state();
    const fields = { state: current, lagSeconds: lag.seconds(), err };
    if (current === 'fit') absence.present(fields, 'the audit trail is read from its replica again');
    else absence.away(fields, 'the audit trail is read from the primary: its replica cannot be asked');
  }

  repeatUntilClosed(kit, { name: 'watch over the replica of the audit trail', everyMs: watchMs, run: look });
  return {
    state,
    onRead(reading: ReplicaReading, error?: Error) {
      metrics.recordRead(reading);
      if (error === undefined) return;
      kit.logger.warn(
        { err: error },
        'the replica did not answer a read of the audit trail; the primary is asked',
      );
    },
  } as const;
}
