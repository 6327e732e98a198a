import type { Kit } from '@4runr/service-kit/lifecycle';
import type { RequestHandler } from 'express';
import type { CredentialStore } from '../../domain/credential.ts';
import { changeOf, noCredential, toolOf } from './credential-representation.ts';

/** `DELETE /v1/credentials/{tool}`: from now on its adapter has what its environment gives, or nothing. */
export function deleteCredentialHandler(kit: Kit, credentials: CredentialStore): RequestHandler {
  return async (request, response) => {
    const tool = toolOf(request);
    const change = changeOf(request, response);
    if (!(await credentials.delete(tool, change))) throw noCredential();
    kit.logger.info({ tool, operator: change.origin.operator }, 'credential deleted');
    response.status(204).end();
  };
}
