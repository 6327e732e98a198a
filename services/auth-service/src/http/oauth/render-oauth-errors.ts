import { headers } from '@4runr/contracts/headers';
import type { OAuthErrorBody, OAuthErrorCode } from '@4runr/contracts/token';
import { DpopError } from '@4runr/service-kit/dpop';
import { type ErrorTranslator, toProblemError } from '@4runr/service-kit/errors';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { SecurityEvent } from '@4runr/service-kit/telemetry';
import type { ErrorRequestHandler, Response } from 'express';
import { OAuthError, type RefusalReason } from '../../domain/oauth-error.ts';
import { originAddress } from './client-address.ts';

/**
 * Answers failures below `/oauth/` as RFC 6749 section 5.2 says, paths and methods that are not there included; all others
 * are left to the next renderer.
 */
export function renderOAuthErrors(kit: Kit, translators: readonly ErrorTranslator[]): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    if (!request.path.startsWith('/oauth/')) return next(thrown);
    const error = thrown instanceof DpopError ? refusedProof(thrown) : thrown;
    if (error instanceof OAuthError) {
      reportRefusal(kit, error, originAddress(request));
      response.set(error.headers);
      if (error.challenge !== undefined) response.set('WWW-Authenticate', `${error.challenge} realm="4runr"`);
      return answer(response, error.status ?? statusOf(error.code), error.code, error.message);
    }
    const problem = toProblemError(error, translators);
    const { status, cause, code } = problem;
    response.set(problem.headers);
    if (status < 500) {
      return answer(response, ownStatuses.has(status) ? status : 400, 'invalid_request', problem.message);
    }
    kit.logger.error({ err: cause ?? error, code, path: request.path }, 'request failed');
    return status === 503
      ? answer(response, 503, 'temporarily_unavailable', 'A part of the gateway is unavailable')
      : answer(response, 500, 'server_error', 'Something unforeseen went wrong');
  };
}

/** What HTTP itself says of a request, as the edge does too; any other fault of one is 400, as the RFC has it. */
const ownStatuses: ReadonlySet<number> = new Set([404, 405, 413]);

/** RFC 9449 sections 5 and 8. */
function refusedProof(error: DpopError): OAuthError {
  return new OAuthError(error.code === 'use_dpop_nonce' ? error.code : 'invalid_dpop_proof', error.message, {
    reason: error.fault === 'nonce' ? 'dpop_nonce' : 'dpop_proof',
    headers: error.nonce === undefined ? {} : { [headers.dpopNonce]: error.nonce },
    cause: error,
  });
}

function answer(response: Response, status: number, error: OAuthErrorCode, description: string): void {
  const body: OAuthErrorBody = { error, error_description: description.replaceAll(/["\\]/g, "'") };
  response.status(status).set('Cache-Control', 'no-store').json(body);
}

function statusOf(code: OAuthErrorCode): number {
  switch (code) {
    case 'invalid_client':
      return 401;
    case 'temporarily_unavailable':
      return 503;
    case 'server_error':
      return 500;
    default:
      return 400;
  }
}

/** Refusals that a security team wants to see; the others are mistakes of a client that is who it says it is. */
const securityEvents: Readonly<Partial<Record<RefusalReason, SecurityEvent>>> = {
  algorithm: 'token_tampering',
  signature: 'authentication_failure',
  secret: 'authentication_failure',
  auth_method: 'authentication_failure',
  dpop_proof: 'authentication_failure',
  address_rate: 'authentication_failure',
  client_rate: 'authentication_failure',
  failure_rate: 'authentication_failure',
  claims: 'authentication_failure',
  unknown_client: 'authentication_failure',
  suspended_client: 'authentication_failure',
  replay: 'authentication_failure',
  operator_scope: 'privilege_escalation',
};

function reportRefusal(
  kit: Kit,
  { code, reason, clientId, message, cause, status = statusOf(code) }: OAuthError,
  address: string,
): void {
  const fault = cause instanceof DpopError ? { fault: cause.fault } : {};
  const fields = { code, reason, ...fault, client: clientId, address };
  const event = securityEvents[reason] ?? (status === 401 ? 'authentication_failure' : undefined);
  if (event === undefined) kit.logger.info({ ...fields, description: message }, 'token refused');
  else kit.reportSecurityEvent(event, { credential: credentialOf(reason), ...fields });
}

function credentialOf(reason: RefusalReason): string {
  if (reason === 'dpop_proof') return 'DPoP proof';
  return reason === 'secret' ? 'client secret' : 'client assertion';
}
