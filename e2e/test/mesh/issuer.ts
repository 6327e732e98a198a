import { deriveSecret, loadRootSecret } from '@4runr/local-stack';
import { compactDecrypt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { e2e } from './config.ts';
import { query } from './database.ts';

/**
 * Signs claims with the mesh's own key, as nobody but auth-service can: the key lies encrypted in Postgres, and only whoever
 * installed the mesh can have both it and the key that opens it. So a test need not wait until a token has ended.
 */
export async function signAsIssuer(claims: JWTPayload, typ = 'at+jwt'): Promise<string> {
  const [row] = await query<{ kid: string; sealed_private_jwk: string }>(
    "select kid, sealed_private_jwk from auth.signing_keys where state = 'active'",
  );
  if (row === undefined) throw new Error('auth-service has no signing key');
  const kek = deriveSecret(loadRootSecret(e2e.folder.secretsFile), 'key-encryption key');
  const { plaintext } = await compactDecrypt(row.sealed_private_jwk, kek);
  const key = await importJWK(JSON.parse(new TextDecoder().decode(plaintext)), 'RS256');
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: row.kid, typ }).sign(key);
}
