import { presentedToken } from '@4runr/service-kit/access-token';
import type { DpopProof, DpopVerifier } from '@4runr/service-kit/dpop';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Request, RequestHandler } from 'express';
import { issueToken, type TokenIssueParts } from '../../domain/issue-token.ts';
import type { AuthMetrics } from '../../metrics.ts';
import { authenticateRequest, type RequestAuthenticationParts } from './authenticate-request.ts';
import { clientAddress, originAddress } from './client-address.ts';
import { parseTokenRequest } from './token-request.ts';

export interface TokenEndpointParts extends TokenIssueParts, RequestAuthenticationParts {
  readonly dpop: DpopVerifier;
}

/** `POST /oauth/token`; its form has been read. */
export function issueTokenHandler(kit: Kit, metrics: AuthMetrics, parts: TokenEndpointParts): RequestHandler {
  return async (request, response) => {
    const { credentials, ...asked } = parseTokenRequest(request.body, request.headers, parts.issuer);
    const proof = await verifyProof(parts.dpop, request);
    const client = await authenticateRequest(parts, request, credentials);
    await parts.rateLimits.admitClient(client);
    const { claims, response: body } = await issueToken(parts, { ...asked, client, proof });
    metrics.tokenGenerations.inc();
    const { client_id, sub: subject, role, scope, jti, cnf, parents } = claims;
    const fields = {
      client: client_id,
      kid: client.provenBy,
      subject,
      role,
      scope,
      jti,
      jkt: cnf?.jkt,
      parents,
    };
    kit.logger.info({ ...fields, address: originAddress(request) }, 'token issued');
    response.set('Cache-Control', 'no-store').json(body);
  };
}

/**
 * Checks the proof of the key that the token shall be bound to, if one is sent (RFC 9449 section 5). It comes before the
 * client is authenticated, so that being told which nonce to use costs no client assertion.
 */
async function verifyProof(dpop: DpopVerifier, request: Request): Promise<DpopProof | undefined> {
  const { dpop: proofs, method, path, offerNonce } = presentedToken(request);
  if (proofs.length === 0) return undefined;
  const proof = await dpop.verify({ proofs, method, path });
  if (proof.nextNonce !== undefined) offerNonce(proof.nextNonce);
  return proof;
}

/** Refuses whoever asks too often, before anything of the request is looked at. */
export function admitAddress({ rateLimits }: Pick<RequestAuthenticationParts, 'rateLimits'>): RequestHandler {
  return async (request, _response, next) => {
    await rateLimits.admitAddress(clientAddress(request));
    next();
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
