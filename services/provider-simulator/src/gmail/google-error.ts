import type { Response } from 'express';

const kinds: Readonly<Record<number, readonly [status: string, reason: string]>> = {
  400: ['INVALID_ARGUMENT', 'invalidArgument'],
  401: ['UNAUTHENTICATED', 'authError'],
  404: ['NOT_FOUND', 'notFound'],
  413: ['INVALID_ARGUMENT', 'uploadTooLarge'],
};

/**
 * Answers in the form in which Google's APIs fail
 * (https://developers.google.com/workspace/gmail/api/guides/handle-errors, read 2026-11-24).
 */
export function answerGoogleError(response: Response, code: number, message: string): void {
  const [status, reason] = kinds[code] ?? ['INVALID_ARGUMENT', 'badRequest'];
  const location = code === 401 ? { locationType: 'header', location: 'Authorization' } : {};
  const errors = [{ message, domain: 'global', reason, ...location }];
  response.status(code).json({ error: { code, message, errors, status } });
}
