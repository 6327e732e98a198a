import type { ProviderResponse } from './provider-request.ts';

/**
 * After how many seconds a provider wants to be asked again, as its `Retry-After` says: a number of them, or a date, which is taken
 * by the provider's own clock where it tells the time (RFC 9110 sections 10.2.3 and 6.6.1). `undefined` where it says neither.
 */
export function retryAfterSeconds({ headers }: Pick<ProviderResponse, 'headers'>): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value);
  const untilMs = readDate(value) - (readDate(headers.date) || Date.now());
  return Number.isNaN(untilMs) ? undefined : Math.max(0, Math.ceil(untilMs / 1_000));
}

/** In milliseconds since the epoch; NaN of what is no HTTP date. */
function readDate(value: string | string[] | undefined): number {
  return typeof value === 'string' && httpDate.test(value) ? Date.parse(value) : Number.NaN;
}

/** The one form that is sent today; the two obsolete ones are not read. */
const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
