import type { RequestHandler } from 'express';
import type { CredentialStore } from '../../domain/credential.ts';
import { entityTagOf, noCredential, representCredential, toolOf } from './credential-representation.ts';

/** `GET /v1/credentials/{tool}`: everything but the secrets; answers 304 to an `If-None-Match` that still holds. */
export function getCredentialHandler(credentials: CredentialStore): RequestHandler {
  return async (request, response) => {
    const found = await credentials.find(toolOf(request));
    if (found === undefined) throw noCredential();
    response
      .set({ ETag: entityTagOf(found.record), 'Cache-Control': 'no-cache' })
      .json(representCredential(found.record));
  };
}
