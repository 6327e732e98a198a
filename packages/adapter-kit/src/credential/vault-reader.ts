import {
  type CredentialFields,
  credentialDeliverySchema,
  credentialFieldsSchema,
  credentialPath,
  credentialPurpose,
} from '@4runr/contracts/credential';
import type { ServiceName } from '@4runr/contracts/mesh';
import { problemSchema } from '@4runr/contracts/problem';
import { createServiceClient, type ServiceResponse } from '@4runr/service-kit/client';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { openForPair } from '@4runr/service-kit/mesh';

/** What the vault says of a tool's credential. */
export type VaultReading =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'none' }
  | { readonly kind: 'entry'; readonly entry: VaultEntry };

export interface VaultEntry {
  /** Names this very version to the vault. */
  readonly entityTag: string;
  readonly version: number;
  readonly fields: CredentialFields;
}

/**
 * Asks the vault; `unchanged` can only follow an entry, which is named by its tag.
 *
 * Rejects when the vault did not say anything that can be relied on, and then nothing is known.
 */
export type VaultReader = (knownEntityTag: string | undefined) => Promise<VaultReading>;

const vault: ServiceName = 'auth-service';
const timeoutMs = 1_500;

/** Reads the credential of a tool from auth-service, as the adapter of that tool. */
export function createVaultReader(kit: Kit, tool: string, url: string): VaultReader {
  const client = createServiceClient(kit, vault, [url]);
  return async (knownEntityTag) => {
    const response = await client.request({
      method: 'GET',
      path: credentialPath(tool),
      headers: knownEntityTag === undefined ? {} : { 'if-none-match': knownEntityTag },
      timeoutMs,
      traced: false,
    });
    if (response.status === 304 && knownEntityTag !== undefined) return { kind: 'unchanged' };
    if (saysThereIsNone(response)) return { kind: 'none' };
    if (response.status !== 200) throw new Error(`auth-service answered ${response.status}`);
    return { kind: 'entry', entry: await openEntry(kit, tool, response) };
  };
}

/** Not every 404 is the vault's: only its own says that there is no credential. */
function saysThereIsNone({ status, body }: ServiceResponse): boolean {
  return status === 404 && problemSchema.safeParse(body).data?.code === 'tool.unknown';
}

async function openEntry(kit: Kit, tool: string, response: ServiceResponse): Promise<VaultEntry> {
  const { version, jwe } = credentialDeliverySchema.parse(response.body);
  const { etag } = response.headers;
  if (typeof etag !== 'string') throw new Error('auth-service sent no ETag');
  const plaintext = await openForPair(
    kit.keyring,
    { caller: kit.keyring.self, audience: vault },
    { jwe, purpose: credentialPurpose(tool, version) },
  );
  return { entityTag: etag, version, fields: credentialFieldsSchema.parse(JSON.parse(plaintext)) };
}
