import express, { type RequestHandler } from 'express';
import { invalidRequest } from '../../domain/oauth-error.ts';

/** A form by name. A parameter without a value counts as not sent (RFC 6749 section 3.2). */
export interface Form {
  get(name: string): string | undefined;
  has(name: string): boolean;
  /** Every value of a parameter that may occur several times. */
  getAll(name: string): readonly string[];
}

/** RFC 8707 section 2 and RFC 8693 section 2.1; no other parameter may occur twice. */
const repeatable: ReadonlySet<string> = new Set(['resource', 'audience']);

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

/** @throws OAuthError `invalid_request` for a name that occurs twice and may not */
export function parseForm(text: string): Form {
  const form = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = form.get(name);
    if (values !== undefined && !repeatable.has(name)) {
      throw invalidRequest('A parameter occurs more than once');
    }
    form.set(name, [...(values ?? []), ...(value === '' ? [] : [value])]);
  }
  const getAll = (name: string): readonly string[] => form.get(name) ?? [];
  return { getAll, get: (name) => getAll(name)[0], has: (name) => getAll(name).length > 0 };
}

function isForm(request: { headers: Readonly<Record<string, string | string[] | undefined>> }): boolean {
  const type = request.headers['content-type'];
  return typeof type === 'string' && /^application\/x-www-form-urlencoded *(;|$)/i.test(type);
}
