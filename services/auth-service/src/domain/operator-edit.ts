import type { PublicJwk } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { ClientEdit } from './client-edit.ts';
import { assertNewKey, findRemovableKey } from './client-keys.ts';
import type { OperatorRecord, OperatorStanding } from './operator.ts';

/** What a change of an operator depends on beside its state. */
export interface OperatorEditOptions extends OperatorStanding {
  /** Leaves the gateway without an active operator, if need be. */
  readonly isForced: boolean;
}

/** `undefined` where it is suspended already. @throws ProblemError `conflict` for the last active one */
export function suspendOperator(
  operator: OperatorRecord,
  options: OperatorEditOptions,
): ClientEdit | undefined {
  if (operator.status === 'suspended') return undefined;
  assertOthersRemain(operator, options);
  return { action: 'operator.suspend', fields: { status: 'suspended' }, endsTokens: true };
}

/** Revives no token. `undefined` where it is active already. */
export function resumeOperator(operator: OperatorRecord): ClientEdit | undefined {
  if (operator.status === 'active') return undefined;
  return { action: 'operator.resume', fields: { status: 'active' } };
}

/** @throws ProblemError `conflict` for the last active one */
export function deleteOperator(operator: OperatorRecord, options: OperatorEditOptions): ClientEdit {
  assertOthersRemain(operator, options);
  return { action: 'operator.delete', endsTokens: true, deletes: true };
}

/** Ends every token that the operator has got so far. */
export function revokeOperatorTokens(): ClientEdit {
  return { action: 'operator.tokens.revoke', endsTokens: true };
}

/** @throws ProblemError `conflict` when the operator has the key, another of its `kid`, or as many as it may have */
export async function addOperatorKey(operator: OperatorRecord, key: PublicJwk): Promise<ClientEdit> {
  await assertNewKey({ ...operator, secrets: [] }, key);
  return { action: 'operator.key.add', addedKey: key };
}

/**
 * Removing a key ends no token that it has brought.
 *
 * @param name the key's `kid` or thumbprint (RFC 7638)
 * @returns `undefined` where it was removed before
 * @throws ProblemError `route.unknown` when there is no such key, `conflict` when it is the last one
 */
export async function removeOperatorKey(
  operator: OperatorRecord,
  name: string,
): Promise<ClientEdit | undefined> {
  const removedKey = await findRemovableKey({ ...operator, secrets: [] }, name);
  return removedKey && { action: 'operator.key.remove', removedKey };
}

function assertOthersRemain(
  { id, status }: OperatorRecord,
  { isLastActive, isForced }: OperatorEditOptions,
): void {
  if (status !== 'active' || !isLastActive || isForced) return;
  throw new ProblemError('conflict', {
    detail: `${id} is the last active operator: enrol another first, or insist with --force.`,
  });
}
