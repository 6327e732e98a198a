import type { AuditTrail } from '@4runr/service-kit/audit-trail';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { AuthDatabase } from './store/database-schema.ts';
import {
  claimUnpublishedChanges,
  forgetOldChanges,
  markChangesPublished,
} from './store/operator-change-outbox.ts';

export interface RelayParts {
  readonly database: AuthDatabase;
  readonly trail: AuditTrail;
}

/** Between two looks, in milliseconds: a change is in the trail within two seconds, policy-service's share included. */
const everyMs = 500;
/** Between two clearings, in milliseconds. */
const forgetEveryMs = 3_600_000;

/**
 * Relays what operators changed from Postgres to the audit trail, at least once, in every replica alike: each takes what no
 * other is at. While Redis is away the changes wait.
 */
export function relayOperatorChanges(kit: Kit, parts: RelayParts): void {
  let forgotAt = Date.now();
  repeatUntilClosed(kit, {
    name: 'relay of operators’ changes',
    everyMs,
    async run() {
      while ((await relaySome(parts)) > 0);
      if (Date.now() - forgotAt < forgetEveryMs) return;
      forgotAt = Date.now();
      await forgetOldChanges(parts.database);
    },
  });
}

/** @returns how many */
function relaySome({ database, trail }: RelayParts): Promise<number> {
  return database.transaction().execute(async (transaction) => {
    const changes = await claimUnpublishedChanges(transaction);
    if (changes.length === 0) return 0;
    await trail.append(changes);
    await markChangesPublished(transaction, changes);
    return changes.length;
  });
}
