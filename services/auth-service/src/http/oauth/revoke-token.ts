import type { Kit } from '@4runr/service-kit/lifecycle';
import { currentTraceId } from '@4runr/service-kit/telemetry';
import type { RequestHandler } from 'express';
import {
  revokeToken,
  type TokenRevocationOutcome,
  type TokenRevocationParts,
} from '../../domain/revoke-token.ts';
import type { AuthMetrics } from '../../metrics.ts';
import { authenticateRequest, type RequestAuthenticationParts } from './authenticate-request.ts';
import { originAddress } from './client-address.ts';
import { parsePresentedTokenRequest } from './presented-token-request.ts';

/** `POST /oauth/revoke` (RFC 7009); its form has been read. Whatever the token is, the answer is the same. */
export function revokeTokenHandler(
  kit: Kit,
  metrics: AuthMetrics,
  parts: TokenRevocationParts & RequestAuthenticationParts,
): RequestHandler {
  return async (request, response) => {
    const { credentials, token } = parsePresentedTokenRequest(request.body, request.headers);
    const client = await authenticateRequest(parts, request, credentials);
    const traceId = currentTraceId() ?? null;
    const outcome = await revokeToken(parts, { client, token, traceId });
    report(kit, metrics, { ...outcome, client: client.clientId, address: originAddress(request) });
    response.status(200).set('Cache-Control', 'no-store').end();
  };
}

function report(
  kit: Kit,
  metrics: AuthMetrics,
  result: TokenRevocationOutcome & { client: string; address: string },
): void {
  const { client, address } = result;
  if (result.outcome === 'unusable') {
    kit.logger.info({ client }, 'no token of ours to revoke');
    return;
  }
  const { jti, sub: subject } = result.claims;
  if (result.outcome === 'foreign') {
    const fields = { credential: 'access token', client, subject, jti, address };
    kit.reportSecurityEvent('authorization_violation', fields);
    return;
  }
  metrics.revocations.inc({ kind: 'token' });
  kit.logger.info({ client, subject, jti }, 'token revoked');
}
