import type { Response } from 'express';

type Kind = readonly [status: string, reason: string, domain?: string];

const kinds: Readonly<Record<number, Kind>> = {
  400: ['INVALID_ARGUMENT', 'invalidArgument'],
  401: ['UNAUTHENTICATED', 'authError'],
  404: ['NOT_FOUND', 'notFound'],
  413: ['INVALID_ARGUMENT', 'uploadTooLarge'],
  429: ['RESOURCE_EXHAUSTED', 'rateLimitExceeded', 'usageLimits'],
  503: ['UNAVAILABLE', 'backendError'],
};

const badRequest: Kind = ['INVALID_ARGUMENT', 'badRequest'];
const backendError: Kind = ['INTERNAL', 'backendError'];

/**
 * Answers what a token's scopes do not allow
 * (https://developers.google.com/workspace/gmail/api/guides/handle-errors, and an answer of Gmail's shown at
 * https://github.com/googleworkspace/php-samples/issues/123, read 2026-11-25).
 */
export function answerInsufficientScopes(response: Response, method: string): void {
  const errors = [
    { message: 'Insufficient Permission', domain: 'global', reason: 'insufficientPermissions' },
  ];
  const details = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      domain: 'googleapis.com',
      metadata: { method: `caribou.api.proto.MailboxService.${method}`, service: 'gmail.googleapis.com' },
    },
  ];
  const message = 'Request had insufficient authentication scopes.';
  response.status(403).json({ error: { code: 403, message, errors, status: 'PERMISSION_DENIED', details } });
}

/**
 * Answers in the form in which Google's APIs fail
 * (https://developers.google.com/workspace/gmail/api/guides/handle-errors, read 2026-11-24).
 */
export function answerGoogleError(response: Response, code: number, message: string): void {
  const [status, reason, domain = 'global'] = kinds[code] ?? (code < 500 ? badRequest : backendError);
  const location = code === 401 ? { locationType: 'header', location: 'Authorization' } : {};
  const errors = [{ message, domain, reason, ...location }];
  response.status(code).json({ error: { code, message, errors, status } });
}
