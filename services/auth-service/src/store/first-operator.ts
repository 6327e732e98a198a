import { type PublicJwk, policyFilesClientId } from '@4runr/contracts/token';
import { newId } from '../domain/new-id.ts';
import { systemOrigin } from '../domain/operator-change.ts';
import type { AuthDatabase } from './database-schema.ts';
import { enrolOperator } from './postgres-operator-store.ts';

/** Whoever administers a gateway that was just set up. */
export interface FirstOperator {
  readonly clientId: string;
  readonly keys: readonly PublicJwk[];
}

/**
 * Enrols the first operator, if there is none yet; one that exists is never changed from here, so that whoever can set
 * the environment later cannot take the gateway over. The caller holds the lock of the first start.
 *
 * @returns whether there is an operator now
 */
export async function ensureFirstOperator(
  transaction: AuthDatabase,
  operator: FirstOperator | undefined,
): Promise<boolean> {
  const present = await transaction
    .selectFrom('clients')
    .select('id')
    .where('kind', '=', 'operator')
    .where('client_id', '!=', policyFilesClientId)
    .limit(1)
    .executeTakeFirst();
  if (present !== undefined) return true;
  if (operator === undefined) return false;
  const enrolment = { ...operator, id: newId('opr'), name: 'First operator', grantableScopes: undefined };
  await enrolOperator(transaction, enrolment, systemOrigin);
  return true;
}
