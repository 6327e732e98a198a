import type { OperatorChange } from '@4runr/contracts/audit';
import type { AuditTrail } from '@4runr/service-kit/audit-trail';
import { type Kit, repeatUntilClosed } from '@4runr/service-kit/lifecycle';
import type { AuthMetrics } from './metrics.ts';
import type { AuthDatabase } from './store/database-schema.ts';
import {
  claimUnpublishedChanges,
  forgetOldChanges,
  markChangesPublished,
} from './store/operator-change-outbox.ts';

export interface RelayParts {
  readonly database: AuthDatabase;
  readonly trail: AuditTrail;
  readonly metrics: Pick<AuthMetrics, 'operatorChanges'>;
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
      while ((await relaySome(kit, parts)) > 0);
      if (Date.now() - forgotAt < forgetEveryMs) return;
      forgotAt = Date.now();
      await forgetOldChanges(parts.database);
    },
  });
}

/** @returns how many. Rejects when some cannot be relayed now, once the others are. */
async function relaySome(
  kit: Pick<Kit, 'logger'>,
  { database, trail, metrics }: RelayParts,
): Promise<number> {
  const { appended, failure } = await database.transaction().execute(async (transaction) => {
    const relayed = await trail.append(await claimUnpublishedChanges(transaction));
    if (relayed.appended.length > 0) await markChangesPublished(transaction, relayed.appended);
    return relayed;
  });
  for (const change of appended) {
    metrics.operatorChanges.inc({ action: change.action });
    logChange(kit, change);
  }
  if (failure !== undefined) throw failure;
  return appended.length;
}

/** By the names under which logs are searched for what operators did (docs/logs.md): once for each change, and again for what is relayed again. */
function logChange({ logger }: Pick<Kit, 'logger'>, { id, action, operator, target }: OperatorChange): void {
  const event = isOfKeys(action) ? 'security.key_rotation' : 'security.operator_change';
  logger.info({ event, change: id, action, operator, target }, 'an operator has changed something');
}

/** Signing keys, the KEK, credentials of providers, keys of operators and agents. */
function isOfKeys(action: string): boolean {
  return /^(?:signing_key|kek|credential)\.|\.key\./.test(action);
}
