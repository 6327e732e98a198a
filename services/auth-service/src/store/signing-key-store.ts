import { generateSigningKey, importSigningKey, type SigningKey } from '../domain/signing-key.ts';
import type { AuthDatabase } from './database-schema.ts';
import type { KeySealer } from './key-sealer.ts';

/** Makes and stores the first signing key, if there is none. The caller holds the lock of the first start. */
export async function ensureSigningKey(transaction: AuthDatabase, sealer: KeySealer): Promise<void> {
  const present = await transaction.selectFrom('signing_keys').select('kid').limit(1).executeTakeFirst();
  if (present !== undefined) return;
  const { publicJwk, privateJwk } = await generateSigningKey();
  await transaction
    .insertInto('signing_keys')
    .values({
      kid: publicJwk.kid,
      public_jwk: JSON.stringify(publicJwk),
      sealed_private_jwk: await sealer.seal(JSON.stringify(privateJwk), purposeOf(publicJwk.kid)),
    })
    .execute();
}

/**
 * Every signing key, the newest first.
 *
 * @throws UnsealError when a key cannot be decrypted
 */
export async function loadSigningKeys(
  database: AuthDatabase,
  sealer: KeySealer,
): Promise<readonly SigningKey[]> {
  const rows = await database.selectFrom('signing_keys').selectAll().orderBy('created_at', 'desc').execute();
  return Promise.all(
    rows.map(async ({ kid, public_jwk, sealed_private_jwk }) =>
      importSigningKey({
        publicJwk: public_jwk,
        privateJwk: JSON.parse(await sealer.open(sealed_private_jwk, purposeOf(kid))),
      }),
    ),
  );
}

function purposeOf(kid: string): string {
  return `signing-key:${kid}`;
}
