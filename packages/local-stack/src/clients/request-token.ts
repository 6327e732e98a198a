import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { clientAssertionType } from '@4runr/contracts/token';
import { SignJWT } from 'jose';
import type { EdgeClient } from './edge-client.ts';

/** A client that proves itself by `private_key_jwt`. */
export interface ClientCredentials {
  readonly clientId: string;
  /** RSA key, PKCS#8 PEM. */
  readonly keyFile: string;
}

/** The token endpoint did not give a token. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';
  readonly status: number;

  constructor(clientId: string, status: number, body: unknown) {
    super(`no token for ${clientId}: ${status} ${JSON.stringify(body)}`);
    this.status = status;
  }
}

/**
 * An access token that carries all its client may have.
 *
 * @throws TokenRefusedError
 */
export async function requestToken(edge: EdgeClient, credentials: ClientCredentials): Promise<string> {
  const { status, body } = await edge.send('/oauth/token', {
    method: 'POST',
    form: {
      grant_type: 'client_credentials',
      client_assertion_type: clientAssertionType,
      client_assertion: await signAssertion(edge.issuer, credentials),
    },
  });
  const token = (body as { access_token?: unknown } | null)?.access_token;
  if (status !== 200 || typeof token !== 'string')
    throw new TokenRefusedError(credentials.clientId, status, body);
  return token;
}

/** An assertion that serves once, within four minutes (RFC 7523 section 3), with the issuer alone as its audience. */
export function signAssertion(issuer: string, { clientId, keyFile }: ClientCredentials): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'RS256' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('4m')
    .sign(createPrivateKey(readFileSync(keyFile)));
}
