import { type ChangeOrigin, systemOrigin } from '../domain/operator-change.ts';
import {
  endedKeys,
  isRotationDue,
  type KeysByState,
  promotableAt,
  type RotationRules,
} from '../domain/signing-key-states.ts';
import type { AuthDatabase } from './database-schema.ts';
import { databaseTime } from './database-time.ts';
import type { KeySealer } from './key-sealer.ts';
import { recordOperatorChange } from './operator-changes.ts';
import { insertKey, lockSigningKeys, type MadeKey, makeKey, readSigningKeys } from './signing-key-store.ts';

/** What a rotation is made with. */
export interface RotationParts {
  readonly database: AuthDatabase;
  readonly sealer: KeySealer;
  readonly rules: RotationRules;
}

export interface RotationRequest {
  /** Who rotates: recorded as an operator's change. */
  readonly origin: ChangeOrigin;
  /** Promotes a next key that is younger than the rules want. */
  readonly isForced: boolean;
}

export type RotationOutcome =
  | { readonly kind: 'rotated'; readonly active: string; readonly next: string; readonly retired: string }
  /** The next key is too young. */
  | { readonly kind: 'too_early'; readonly next: string; readonly promotableAt: Date }
  /** Somebody else has rotated since this rotation began: there is nothing left to do. */
  | { readonly kind: 'overtaken'; readonly active: string };

/** Rotates: the next key becomes active, the active one retires, and there is a new next. Of several at once one happens. */
export async function rotateSigningKeys(
  parts: RotationParts,
  request: RotationRequest,
): Promise<RotationOutcome> {
  const { database, sealer, rules } = parts;
  const seen = await readSigningKeys(database);
  const early = tooEarly(seen, rules, request, await databaseTime(database));
  if (early !== undefined) return early;
  // Before the lock is taken: others must not wait while a key is made.
  const made = await makeKey(sealer);
  return database.transaction().execute(async (transaction) => {
    await lockSigningKeys(transaction);
    const keys = await readSigningKeys(transaction);
    if (keys.active.kid !== seen.active.kid) return { kind: 'overtaken', active: keys.active.kid };
    return promote(transaction, keys, { made, request });
  });
}

/** What every replica does now and then: rotates when it is due, and deletes keys whose last token has expired. */
export async function keepSigningKeys(parts: RotationParts): Promise<{
  readonly rotation: RotationOutcome | undefined;
  readonly deleted: readonly string[];
}> {
  const { database, rules } = parts;
  const [keys, now] = [await readSigningKeys(database), await databaseTime(database)];
  const deleted = endedKeys(keys, now).map(({ kid }) => kid);
  if (deleted.length > 0) await database.deleteFrom('signing_keys').where('kid', 'in', deleted).execute();
  const rotation = isRotationDue(keys, rules, now)
    ? await rotateSigningKeys(parts, { origin: systemOrigin, isForced: false })
    : undefined;
  return { rotation, deleted };
}

function tooEarly(
  keys: KeysByState,
  rules: RotationRules,
  { isForced }: RotationRequest,
  now: Date,
): RotationOutcome | undefined {
  const at = promotableAt(keys, rules, isForced);
  return now < at ? { kind: 'too_early', next: keys.next.kid, promotableAt: at } : undefined;
}

async function promote(
  transaction: AuthDatabase,
  { active, next }: KeysByState,
  { made, request }: { made: MadeKey; request: RotationRequest },
): Promise<RotationOutcome> {
  const now = await databaseTime(transaction);
  const change = (kid: string) => transaction.updateTable('signing_keys').where('kid', '=', kid);
  await change(active.kid).set({ state: 'retired', retired_at: now, sealed_private_jwk: null }).execute();
  await change(next.kid).set({ state: 'active', activated_at: now }).execute();
  await insertKey(transaction, made, { state: 'next', created_at: now });
  await recordOperatorChange(transaction, {
    ...request.origin,
    action: 'signing_key.rotate',
    target: { type: 'signing_key', id: next.kid },
    before: { active: active.kid, next: next.kid },
    after: {
      ...{ active: next.kid, next: made.publicJwk.kid, retired: active.kid },
      ...(request.isForced ? { forced: true } : {}),
    },
  });
  return { kind: 'rotated', active: next.kid, next: made.publicJwk.kid, retired: active.kid };
}
