import type { CredentialList } from '@4runr/contracts/credential';
import type { RequestHandler } from 'express';
import type { CredentialStore } from '../../domain/credential.ts';
import { representCredential } from './credential-representation.ts';

/** `GET /v1/credentials`: there are as many as tools, so they come at once. */
export function listCredentialsHandler(credentials: CredentialStore): RequestHandler {
  return async (_request, response) => {
    const body: CredentialList = { items: (await credentials.list()).map(representCredential) };
    response.set('Cache-Control', 'no-store').json(body);
  };
}
