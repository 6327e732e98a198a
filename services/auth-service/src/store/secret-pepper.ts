import { randomBytes } from 'node:crypto';
import type { AuthDatabase } from './database-schema.ts';
import type { KeySealer } from './key-sealer.ts';

/** Name among the sealed secrets, and purpose of its seal. */
const pepperName = 'client-secret-pepper';

/** Makes and stores the key of the hashes of client secrets, if there is none. The caller holds the lock of the first start. */
export async function ensureSecretPepper(transaction: AuthDatabase, sealer: KeySealer): Promise<void> {
  const present = await transaction
    .selectFrom('sealed_secrets')
    .select('name')
    .where('name', '=', pepperName)
    .executeTakeFirst();
  if (present !== undefined) return;
  const sealed = await sealer.seal(randomBytes(32).toString('base64url'), pepperName);
  await transaction.insertInto('sealed_secrets').values({ name: pepperName, sealed }).execute();
}

/** @throws UnsealError when it cannot be decrypted */
export async function loadSecretPepper(database: AuthDatabase, sealer: KeySealer): Promise<Buffer> {
  const { sealed } = await database
    .selectFrom('sealed_secrets')
    .select('sealed')
    .where('name', '=', pepperName)
    .executeTakeFirstOrThrow();
  return Buffer.from(await sealer.open(sealed, pepperName), 'base64url');
}
