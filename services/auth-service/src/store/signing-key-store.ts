import type { PublicJwk } from '@4runr/contracts/token';
import { type Selectable, sql } from 'kysely';
import { generateSigningKey, importSigningKey, type SigningKey } from '../domain/signing-key.ts';
import { type DatedKey, type KeysByState, tellApart } from '../domain/signing-key-states.ts';
import type { AuthDatabase, AuthSchema } from './database-schema.ts';
import { databaseTime } from './database-time.ts';
import { type KeySealer, UnsealError } from './key-sealer.ts';

/** A signing key as it is stored. */
export interface StoredKey extends DatedKey {
  readonly publicJwk: PublicJwk;
  /** The private half, sealed; null once it is retired. */
  readonly sealed: string | null;
}

/** Any number will do, as long as every replica takes the same and nothing else does. */
const signingKeysLock = 7_401_004;

/** Whoever changes the signing keys takes turns; lasts until the transaction ends. */
export async function lockSigningKeys(transaction: AuthDatabase): Promise<void> {
  await sql`select pg_advisory_xact_lock(${signingKeysLock})`.execute(transaction);
}

/**
 * Makes the signing keys that are missing: at the first start both.
 *
 * @returns whether there were none
 */
export async function ensureSigningKeys(transaction: AuthDatabase, sealer: KeySealer): Promise<boolean> {
  await lockSigningKeys(transaction);
  const rows = await transaction.selectFrom('signing_keys').select('state').execute();
  const missing = (['active', 'next'] as const).filter((state) => rows.every((row) => row.state !== state));
  const made = await Promise.all(missing.map(() => makeKey(sealer)));
  for (const [index, key] of made.entries()) {
    const created_at = await databaseTime(transaction);
    await insertKey(
      transaction,
      key,
      missing[index] === 'active'
        ? { state: 'active', created_at, activated_at: created_at }
        : { state: 'next', created_at },
    );
  }
  return rows.length === 0;
}

/** A new key that is not stored yet. Making it takes up to a second, off the event loop. */
export interface MadeKey {
  readonly publicJwk: PublicJwk;
  readonly sealed: string;
}

export async function makeKey(sealer: KeySealer): Promise<MadeKey> {
  const { publicJwk, privateJwk } = await generateSigningKey();
  return {
    publicJwk,
    sealed: await sealer.seal(JSON.stringify(privateJwk), signingKeyPurpose(publicJwk.kid)),
  };
}

export async function insertKey(
  transaction: AuthDatabase,
  { publicJwk, sealed }: MadeKey,
  columns: { state: 'active' | 'next'; created_at: Date; activated_at?: Date },
): Promise<void> {
  await transaction
    .insertInto('signing_keys')
    .values({
      kid: publicJwk.kid,
      public_jwk: JSON.stringify(publicJwk),
      sealed_private_jwk: sealed,
      ...columns,
    })
    .execute();
}

/** Every key. @throws RangeError before the first start */
export async function readSigningKeys(database: AuthDatabase): Promise<KeysByState<StoredKey>> {
  const rows = await database.selectFrom('signing_keys').selectAll().execute();
  return tellApart(rows.map(toStoredKey));
}

/** Changes whenever keys or their states do. */
export async function readKeyRevision(database: AuthDatabase): Promise<string> {
  const rows = await database.selectFrom('signing_keys').select(['kid', 'state']).orderBy('kid').execute();
  return rows.map(({ kid, state }) => `${kid} ${state}`).join();
}

/**
 * Readies a key for signing.
 *
 * @throws UnsealError when its private half cannot be decrypted
 */
export async function openKey({ kid, publicJwk, sealed }: StoredKey, sealer: KeySealer): Promise<SigningKey> {
  if (sealed === null)
    throw new UnsealError(signingKeyPurpose(kid), 'it is retired, and its private half is gone');
  const privateJwk = JSON.parse(await sealer.open(sealed, signingKeyPurpose(kid)));
  return importSigningKey({ publicJwk, privateJwk });
}

/** What a private half is sealed for. */
export function signingKeyPurpose(kid: string): string {
  return `signing-key:${kid}`;
}

function toStoredKey(row: Selectable<AuthSchema['signing_keys']>): StoredKey {
  return {
    kid: row.kid,
    state: row.state,
    publicJwk: row.public_jwk,
    sealed: row.sealed_private_jwk,
    createdAt: row.created_at,
    activatedAt: row.activated_at,
    retiredAt: row.retired_at,
  };
}
