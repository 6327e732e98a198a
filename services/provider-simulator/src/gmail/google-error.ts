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
 * Answers in the form in which Google's APIs fail
 * (https://developers.google.com/workspace/gmail/api/guides/handle-errors, read 2026-11-24).
 */
export function answerGoogleError(response: Response, code: number, message: string): void {
  const [status, reason, domain = 'global'] = kinds[code] ?? (code < 500 ? badRequest : backendError);
  const location = code === 401 ? { locationType: 'header', location: 'Authorization' } : {};
  const errors = [{ message, domain, reason, ...location }];
  response.status(code).json({ error: { code, message, errors, status } });
}
