import type { ActingAgent } from '@4runr/contracts/decision';
import { type AccessTokenClaims, type Actor, parseScope } from '@4runr/contracts/token';
import type { AccessTokenAuthority } from '@4runr/service-kit/access-token';
import type { Agent, AuthenticatedCall, ReceivedCall } from '../domain/call.ts';
import type { Step } from './pipeline.ts';

/** Who is calling? Checks the access token. @throws ProblemError `token.*`, `service.unavailable` */
export function authenticate<C extends ReceivedCall>({
  authority,
}: {
  readonly authority: AccessTokenAuthority;
}): Step<C, C & AuthenticatedCall> {
  return async (call) => {
    const claims = await authority.authenticate(call.presented);
    const agent = toAgent(claims);
    call.observed.timings.auth = performance.now() - call.startedAt;
    call.observed.agent = agent;
    return { ...call, claims, agent };
  };
}

export function toAgent(claims: AccessTokenClaims): Agent {
  return {
    id: claims.sub,
    clientId: claims.client_id,
    role: claims.role,
    scopes: parseScope(claims.scope),
    act: claims.act === undefined ? null : toActingAgent(claims.act),
    tokenIssuedAt: claims.iat,
    tokenExpiresAt: claims.exp,
  };
}

function toActingAgent({ sub, role, act }: Actor): ActingAgent {
  return { id: sub, role, ...(act === undefined ? {} : { act: toActingAgent(act) }) };
}
