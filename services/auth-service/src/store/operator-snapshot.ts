import type { OperatorRecord } from '../domain/operator.ts';
import type { Snapshot } from '../domain/operator-change.ts';
import { snapshotKeys } from './key-snapshot.ts';

/** An operator as the record of a change shows it. */
export async function snapshotOperator(operator: OperatorRecord): Promise<Snapshot> {
  const { name, clientId, status, grantableScopes, keys, epoch } = operator;
  return {
    name,
    clientId,
    status,
    scopes: grantableScopes ?? 'all',
    keys: await snapshotKeys(keys),
    epoch,
  };
}
