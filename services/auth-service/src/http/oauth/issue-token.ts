import type { Kit } from '@4runr/service-kit/lifecycle';
import type { RequestHandler } from 'express';
import { issueToken, type TokenIssueParts } from '../../domain/issue-token.ts';
import type { AuthMetrics } from '../../metrics.ts';
import { parseTokenRequest } from './token-request.ts';

/** `POST /oauth/token`; its form has been read. */
export function issueTokenHandler(kit: Kit, metrics: AuthMetrics, parts: TokenIssueParts): RequestHandler {
  return async (request, response) => {
    const { claims, response: body } = await issueToken(
      parts,
      parseTokenRequest(request.body, request.headers, parts.issuer),
    );
    metrics.tokenGenerations.inc();
    const { client_id: client, role, scope, jti } = claims;
    kit.logger.info({ client, role, scope, jti }, 'token issued');
    response.set('Cache-Control', 'no-store').json(body);
  };
}

/** Measures every answer of the endpoint, refusals included. */
export function measureTokenRequests(metrics: AuthMetrics): RequestHandler {
  return (_request, response, next) => {
    const startedAt = performance.now();
    response.once('finish', () => {
      metrics.tokenRequestDuration.observe({ status: response.statusCode }, performance.now() - startedAt);
    });
    next();
  };
}
