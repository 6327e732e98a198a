import type { ServiceName } from '@4runr/contracts/mesh';
import type { RequestHandler } from 'express';
import { ProblemError } from '../errors/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import type { ReportSecurityEvent } from '../telemetry/index.ts';
import type { MeshKeyring } from './mesh-keys.ts';
import { verifyMeshToken } from './mesh-token.ts';

/** Lets only the named services of the mesh pass. */
export function requireMeshToken(options: {
  keyring: MeshKeyring;
  callers: readonly ServiceName[];
  reportSecurityEvent: ReportSecurityEvent;
}): RequestHandler {
  return (request, _response, next) => {
    const token = readBearerToken(request.headers.authorization);
    try {
      const { iss } = verifyMeshToken(options.keyring, token);
      if (!options.callers.includes(iss))
        throw new ProblemError('scope.insufficient', { detail: 'Not for this caller.' });
    } catch (error) {
      options.reportSecurityEvent('authentication_failure', { credential: 'mesh token', path: request.path });
      throw error;
    }
    next();
  };
}
