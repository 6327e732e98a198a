import { type AccessTokenClaims, parseScope } from '@4runr/contracts/token';
import type { AccessTokenVerifier } from '@4runr/service-kit/access-token';
import { ProblemError } from '@4runr/service-kit/errors';
import { readBearerToken } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Agent, AuthenticatedCall, ReceivedCall } from '../domain/call.ts';
import type { ProxyMetrics } from '../metrics.ts';
import type { Step } from './pipeline.ts';

export interface AuthenticateParts {
  readonly kit: Pick<Kit, 'reportSecurityEvent'>;
  readonly verifier: AccessTokenVerifier;
  readonly metrics: ProxyMetrics;
}

/** Who is calling? Verifies the access token. @throws ProblemError `token.*`, `service.unavailable` */
export function authenticate<C extends ReceivedCall>(
  parts: AuthenticateParts,
): Step<C, C & AuthenticatedCall> {
  const verifyBearer = createBearerVerifier(parts);
  return async (call) => {
    const claims = await verifyBearer(call.authorization);
    const agent = toAgent(claims);
    call.observed.timings.auth = performance.now() - call.startedAt;
    call.observed.agent = agent;
    return { ...call, agent };
  };
}

/** Verifies an `Authorization` header, and counts and reports what is wrong with it. */
export function createBearerVerifier({ kit, verifier, metrics }: AuthenticateParts) {
  return async (authorization: string | undefined): Promise<AccessTokenClaims> => {
    try {
      const claims = await verifier.verify(readBearerToken(authorization));
      metrics.tokenValidations.inc({ result: 'valid' });
      return claims;
    } catch (error) {
      if (error instanceof ProblemError) reportFailure(error, { kit, metrics });
      throw error;
    }
  };
}

function reportFailure(
  error: ProblemError,
  { kit, metrics }: Pick<AuthenticateParts, 'kit' | 'metrics'>,
): void {
  metrics.tokenValidations.inc({ result: error.code.replace(/^token\./, '') });
  if (error.code === 'token.expired') metrics.tokenExpirations.inc();
  if (error.status !== 401) return;
  const forged = error.cause instanceof Error && error.cause.name === 'JWSSignatureVerificationFailed';
  kit.reportSecurityEvent(forged ? 'token_tampering' : 'authentication_failure', {
    credential: 'access token',
    code: error.code,
  });
}

export function toAgent(claims: AccessTokenClaims): Agent {
  return {
    id: claims.sub,
    clientId: claims.client_id,
    role: claims.role,
    scopes: parseScope(claims.scope),
    tokenIssuedAt: claims.iat,
    tokenExpiresAt: claims.exp,
  };
}
