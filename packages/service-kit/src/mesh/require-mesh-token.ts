import type { MeshTokenClaims, ServiceName } from '@4runr/contracts/mesh';
import type { Request, RequestHandler } from 'express';
import { ProblemError } from '../errors/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import type { ReportSecurityEvent, SecurityEvent } from '../telemetry/index.ts';
import type { MeshKeyring } from './mesh-keys.ts';
import { verifyMeshToken } from './mesh-token.ts';

/** Lets only the named services of the mesh pass. */
export function requireMeshToken(options: {
  keyring: MeshKeyring;
  callers: readonly ServiceName[];
  reportSecurityEvent: ReportSecurityEvent;
}): RequestHandler {
  const report = (event: SecurityEvent, path: string, caller?: ServiceName) =>
    options.reportSecurityEvent(event, { credential: 'mesh token', path, caller });
  return (request, _response, next) => {
    const { iss } = authenticate(options.keyring, request, report);
    if (!options.callers.includes(iss)) {
      report('authorization_violation', request.path, iss);
      throw new ProblemError('scope.insufficient', { detail: 'Not for this caller.' });
    }
    next();
  };
}

function authenticate(
  keyring: MeshKeyring,
  request: Request,
  report: (event: SecurityEvent, path: string) => void,
): MeshTokenClaims {
  try {
    return verifyMeshToken(keyring, readBearerToken(request.headers.authorization));
  } catch (error) {
    report('authentication_failure', request.path);
    throw error;
  }
}
