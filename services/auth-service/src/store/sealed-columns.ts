import { credentialPurpose } from '@4runr/contracts/credential';
import type { AuthSchema } from './database-schema.ts';
import { signingKeyPurpose } from './signing-key-store.ts';

/** A column of secrets that are sealed under the KEK. */
export interface SealedColumn {
  readonly table: keyof AuthSchema;
  /** Columns that name a row. */
  readonly key: readonly string[];
  /** Null where there is no secret (any more). */
  readonly column: string;
  /** Purpose of a row's secret, from the values of its key in the order above. */
  readonly purpose: (...key: string[]) => string;
}

/** Everything in the database that the KEK protects: whatever is sealed has its line here, or a rotation of the KEK loses it. */
export const sealedColumns: readonly SealedColumn[] = [
  { table: 'signing_keys', key: ['kid'], column: 'sealed_private_jwk', purpose: signingKeyPurpose },
  { table: 'sealed_secrets', key: ['name'], column: 'sealed', purpose: (name) => name },
  {
    table: 'credential_versions',
    key: ['tool', 'version'],
    column: 'sealed_fields',
    purpose: (tool, version) => credentialPurpose(tool, Number(version)),
  },
];
