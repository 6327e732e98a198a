import type { OperatorChange } from '@4runr/contracts/audit';
import type { Policy, PolicyChange } from '@4runr/contracts/policy';
import { newChangeId } from '@4runr/service-kit/audit-trail';
import { toAuditEntry } from '../domain/audit-trail.ts';
import type { ChangeOrigin } from '../domain/policy-change.ts';
import type { PolicyDatabase } from './database-schema.ts';
import { insertAuditEntries } from './postgres-audit-store.ts';

export interface PolicyChangeRecord extends ChangeOrigin {
  readonly at: Date;
  readonly change: PolicyChange;
  readonly name: string;
  readonly before?: Policy | undefined;
  readonly after?: Policy | undefined;
}

/** Writes a change into the audit trail, in the transaction that makes it: the trail is in the same database. */
export async function recordPolicyChange(
  transaction: PolicyDatabase,
  { at, operator, traceId, change, name, before, after }: PolicyChangeRecord,
): Promise<void> {
  const item: OperatorChange = {
    kind: 'operator_change',
    id: newChangeId(),
    at: at.toISOString(),
    operator,
    action: `policy.${change}`,
    target: { type: 'policy', id: name },
    before: before ?? null,
    after: after ?? null,
    traceId,
  };
  await insertAuditEntries(transaction, [toAuditEntry(item)]);
}
