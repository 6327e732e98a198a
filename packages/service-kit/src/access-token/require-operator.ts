import type { AccessTokenClaims } from '@4runr/contracts/token';
import type { RequestHandler, Response } from 'express';
import { ProblemError } from '../errors/index.ts';
import type { ReportSecurityEvent, SecurityEvent } from '../telemetry/index.ts';
import type { AccessTokenAuthority } from './authority.ts';
import { bearerOf } from './bearer-of.ts';
import { formatChallenges } from './challenges.ts';
import { type PresentedToken, presentedToken, schemeOf } from './presented-token.ts';

const operatorKey = 'operator';

/** Lets only operators pass whose token carries the scope. Both are needed: a scope alone never makes an operator. */
export function requireOperator(options: {
  authority: AccessTokenAuthority;
  scope: string;
  reportSecurityEvent: ReportSecurityEvent;
}): RequestHandler {
  return async (request, response, next) => {
    const presented = presentedToken(request);
    const claims = await options.authority.authenticate(presented);
    const lacking = lackOf(claims, options.scope);
    if (lacking !== undefined) {
      const refusal = insufficientScope(options.scope, presented);
      const { code } = refusal;
      const { address } = presented;
      options.reportSecurityEvent(lacking, { code, scope: options.scope, address, ...bearerOf(claims) });
      throw refusal;
    }
    response.locals[operatorKey] = claims;
    next();
  };
}

/** What it is that somebody asks for this; `undefined` of who may. */
function lackOf({ role, scope }: AccessTokenClaims, needed: string): SecurityEvent | undefined {
  if (role !== 'operator') return 'privilege_escalation';
  return scope.split(' ').includes(needed) ? undefined : 'authorization_violation';
}

/** The operator that `requireOperator` let pass. */
export function operatorOf(response: Response): AccessTokenClaims {
  return response.locals[operatorKey] as AccessTokenClaims;
}

/** `scope.insufficient` with the challenge of RFC 6750 section 3.1. */
export function insufficientScope(scope: string, presented: PresentedToken): ProblemError {
  return new ProblemError('scope.insufficient', {
    detail: `The scope ${scope} is needed.`,
    headers: {
      'WWW-Authenticate': formatChallenges(schemeOf(presented), { error: 'insufficient_scope', scope }),
    },
  });
}
