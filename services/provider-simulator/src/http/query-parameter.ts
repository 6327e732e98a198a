import type { Request } from 'express';

/** A query parameter that was given once and is not empty. */
export function queryParameter(request: Request, name: string): string | undefined {
  const value: unknown = request.query[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A query parameter that is a whole number from 0 to 999,999. */
export function wholeNumberParameter(request: Request, name: string): number | undefined {
  const value = queryParameter(request, name);
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}
