import type { AccessTokenClaims } from '@4runr/contracts/token';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Revocations } from '@4runr/service-kit/revocation';
import type { AuthenticatedCall, ReceivedCall } from '../domain/call.ts';
import { toAgent } from './authenticate.ts';
import type { Step } from './pipeline.ts';

/** A call that was accepted earlier, with what was known of its token then. */
export interface RecalledCall extends ReceivedCall {
  readonly claims: AccessTokenClaims;
}

export interface RecallParts {
  readonly kit: Pick<Kit, 'reportSecurityEvent'>;
  readonly revocations: Revocations;
}

/**
 * May its agent still call? The token need not be valid any more, since it was when the call was accepted; but whoever revokes
 * it, or suspends or deletes its agent, ends what waits as well.
 *
 * @throws ProblemError `token.revoked`; `service.unavailable` where revocations are not known
 */
export function recall({ kit, revocations }: RecallParts): Step<RecalledCall, AuthenticatedCall> {
  return (call) => {
    const agent = toAgent(call.claims);
    call.observed.agent = agent;
    if (revocations.isRevoked(call.claims)) {
      kit.reportSecurityEvent('authentication_failure', {
        ...{ credential: 'access token', code: 'token.revoked' },
        ...{ agent: agent.id, client: agent.clientId, call_id: call.callId },
      });
      throw new ProblemError('token.revoked');
    }
    return { ...call, agent };
  };
}
