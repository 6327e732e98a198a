import { type OperatorScope, type PublicJwk, policyFilesClientId } from '@4runr/contracts/token';
import { newId } from '../domain/new-id.ts';
import { systemOrigin } from '../domain/operator-change.ts';
import type { AuthDatabase } from './database-schema.ts';
import { enrolOperator } from './postgres-operator-store.ts';

/** To compare before it writes; nothing but policies. */
const grantableScopes: readonly OperatorScope[] = ['policies:read', 'policies:write'];

/**
 * Enrols the operator that applies policy files at deployment, where there is none yet; one that exists, suspended or with other
 * keys, stays as it is. The caller holds the lock of the first start.
 *
 * @param keys none enrols nobody
 */
export async function ensurePolicyFilesOperator(
  transaction: AuthDatabase,
  keys: readonly PublicJwk[],
): Promise<void> {
  if (keys.length === 0) return;
  const present = await transaction
    .selectFrom('clients')
    .select('id')
    .where('client_id', '=', policyFilesClientId)
    .executeTakeFirst();
  if (present !== undefined) return;
  const enrolment = {
    id: newId('opr'),
    clientId: policyFilesClientId,
    name: 'Policy files',
    grantableScopes,
    keys,
  };
  await enrolOperator(transaction, enrolment, systemOrigin);
}
