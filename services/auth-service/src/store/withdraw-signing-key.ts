import type { ChangeOrigin } from '../domain/operator-change.ts';
import type { AuthDatabase } from './database-schema.ts';
import { recordOperatorChange } from './operator-changes.ts';
import { lockSigningKeys, readSigningKeys } from './signing-key-store.ts';

export type WithdrawalOutcome =
  | { readonly kind: 'withdrawn' }
  /** It signs, or is to: it has to be replaced by rotations first. */
  | { readonly kind: 'in_use'; readonly state: 'active' | 'next' }
  | { readonly kind: 'unknown' };

/**
 * Takes a retired key out of publication before its time: every token that it has signed is refused from then on, by this
 * service within a second, by the others as soon as they have read the keys again.
 */
export function withdrawSigningKey(
  database: AuthDatabase,
  { kid, origin }: { readonly kid: string; readonly origin: ChangeOrigin },
): Promise<WithdrawalOutcome> {
  return database.transaction().execute(async (transaction) => {
    await lockSigningKeys(transaction);
    const { active, next, retired } = await readSigningKeys(transaction);
    if (kid === active.kid) return { kind: 'in_use', state: 'active' };
    if (kid === next.kid) return { kind: 'in_use', state: 'next' };
    const key = retired.find((candidate) => candidate.kid === kid);
    if (key === undefined) return { kind: 'unknown' };
    await transaction.deleteFrom('signing_keys').where('kid', '=', kid).execute();
    await recordOperatorChange(transaction, {
      ...origin,
      action: 'signing_key.withdraw',
      target: { type: 'signing_key', id: kid },
      before: { state: 'retired', retiredAt: key.retiredAt?.toISOString() ?? null },
      after: null,
    });
    return { kind: 'withdrawn' };
  });
}
