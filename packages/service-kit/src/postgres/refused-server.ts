import { DatabaseUnfitError } from './database-unfit-error.ts';

/** What OpenSSL and Node say of a certificate that does not pass, and pg of a server that speaks no TLS. */
const refusals = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'INVALID_CA',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
const withoutTls = 'The server does not support SSL connections';

/** Whether an error means that the server could not prove who it is. */
export function isRefusedServer(error: Error): boolean {
  return refusals.has(String((error as { code?: unknown }).code)) || error.message === withoutTls;
}

/** @throws DatabaseUnfitError in place of an error by which the server could not prove who it is; any other as it is */
export function throwUnfit(error: unknown): never {
  if (!(error instanceof Error) || !isRefusedServer(error)) throw error;
  throw new DatabaseUnfitError(
    `the server of DATABASE_URL does not prove that it is the one meant: ${error.message}. Its certificate has to be for the host of that URL, by an authority that \`sslrootcert\` names or a public one`,
    { cause: error },
  );
}
