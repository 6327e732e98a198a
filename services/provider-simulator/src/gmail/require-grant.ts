import type { RequestHandler } from 'express';
import { type Grant, readAccessToken } from './access-tokens.ts';
import { answerGoogleError, answerInsufficientScopes } from './google-error.ts';

/**
 * Lets a request pass that has a token of the token endpoint, good for what is asked.
 *
 * @param method as Google names it in its refusal: `SendMessage`
 */
export function requireGrant(grants: readonly Grant[], method: string): RequestHandler {
  return (request, response, next) => {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
    const grant = token === undefined ? undefined : readAccessToken(token, Date.now());
    if (grant === undefined)
      answerGoogleError(response, 401, 'Request had invalid authentication credentials.');
    else if (grants.includes(grant)) next();
    else answerInsufficientScopes(response, method);
  };
}
