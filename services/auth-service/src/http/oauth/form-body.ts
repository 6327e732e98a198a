import express, { type RequestHandler } from 'express';
import { invalidRequest } from '../../domain/oauth-error.ts';

/** A form by name; no name occurs twice, and a parameter without a value counts as not sent (RFC 6749 section 3.2). */
export type Form = ReadonlyMap<string, string>;

/** Form requests are small: an assertion and a list of scopes. */
const formBytesMax = 32_768;

/** Reads a form into `request.body`. Anything else is refused, not ignored. */
export function formBody(): readonly RequestHandler[] {
  return [
    express.raw({ type: isForm, limit: formBytesMax, inflate: false }),
    (request, _response, next) => {
      if (!Buffer.isBuffer(request.body)) {
        throw invalidRequest('The request must have a body of type application/x-www-form-urlencoded');
      }
      request.body = parseForm(request.body.toString('utf8'));
      next();
    },
  ];
}

/** @throws OAuthError `invalid_request` for a name that occurs twice */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  const names = new Set<string>();
  for (const [name, value] of new URLSearchParams(text)) {
    if (names.has(name)) throw invalidRequest('A parameter occurs more than once');
    names.add(name);
    if (value !== '') form.set(name, value);
  }
  return form;
}

function isForm(request: { headers: Readonly<Record<string, string | string[] | undefined>> }): boolean {
  const type = request.headers['content-type'];
  return typeof type === 'string' && /^application\/x-www-form-urlencoded *(;|$)/i.test(type);
}
