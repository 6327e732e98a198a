import * as z from 'zod';
import { nameSchema } from '../manifest/index.ts';

/** Where the adapter of a tool, and no other service, reads its credential from auth-service. */
export function credentialPath(tool: string): string {
  return `/internal/credentials/${tool}`;
}

/**
 * `200` of `GET /internal/credentials/{tool}`. The `ETag` beside it changes with the version; 304 answers an `If-None-Match`
 * that still holds, 404 `tool.unknown` says that there is no credential.
 */
export const credentialDeliverySchema = z.object({
  tool: nameSchema,
  version: z.int().min(1),
  /**
   * `CredentialFields` as JSON, in a compact JWE (RFC 7516; `dir`, A256GCM) for the pair (adapter, auth-service) and the
   * {@link credentialPurpose}.
   */
  jwe: z.string().regex(/^[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/, 'is no compact JWE without an encrypted key'),
});
export type CredentialDelivery = z.infer<typeof credentialDeliverySchema>;

/** What a sealed credential is sealed for: it opens as no other version, and for no other tool. */
export function credentialPurpose(tool: string, version: number): string {
  return `credential:${tool}:${version}`;
}
