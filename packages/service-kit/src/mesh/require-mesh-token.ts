import type { ServiceName } from '@4runr/contracts/mesh';
import type { ProblemCode } from '@4runr/contracts/problem';
import type { Request, RequestHandler, Response } from 'express';
import { ProblemError } from '../errors/index.ts';
import { readBearerToken } from '../http/bearer-token.ts';
import { type ReportSecurityEvent, refusalEventOf } from '../telemetry/index.ts';
import type { MeshKeyring } from './mesh-keys.ts';
import { createMeshCallerVerifier, type MeshCaller, type MeshCallerVerifier } from './mesh-token.ts';

const callerKey = 'meshCaller';

/** Lets only the named services of the mesh pass, or those that the request itself names. */
export function requireMeshToken(options: {
  keyring: MeshKeyring;
  callers: readonly ServiceName[] | ((request: Request) => readonly ServiceName[]);
  reportSecurityEvent: ReportSecurityEvent;
}): RequestHandler {
  const report: ReportRefusal = (code, { path }, caller) => {
    const event = refusalEventOf(code);
    if (event !== undefined)
      options.reportSecurityEvent(event, { credential: 'mesh token', code, path, caller });
  };
  const verify = createMeshCallerVerifier(options.keyring);
  const { callers } = options;
  const callersOf = typeof callers === 'function' ? callers : () => callers;
  return (request, response, next) => {
    const caller = authenticate(verify, request, report);
    if (!callersOf(request).includes(caller.service)) {
      report('scope.insufficient', request, caller.service);
      throw new ProblemError('scope.insufficient', { detail: 'Not for this caller.' });
    }
    response.locals[callerKey] = caller;
    next();
  };
}

/** The caller that `requireMeshToken` let pass. */
export function meshCallerOf(response: Response): MeshCaller {
  return response.locals[callerKey] as MeshCaller;
}

type ReportRefusal = (code: ProblemCode, request: Request, caller?: ServiceName) => void;

function authenticate(verify: MeshCallerVerifier, request: Request, report: ReportRefusal): MeshCaller {
  try {
    return verify(readBearerToken(request.headers.authorization));
  } catch (error) {
    if (error instanceof ProblemError) report(error.code, request);
    throw error;
  }
}
