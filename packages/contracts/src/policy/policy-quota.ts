import * as z from 'zod';
import {
  callScopeSchema,
  quotaAlgorithmSchema,
  quotaCostSchema,
  quotaHolderSchema,
} from '../decision/index.ts';

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** Longest window: 366 days. */
const windowSecondsMax = 366 * 86_400;

/** Largest limit, in whatever the quota counts. */
const limitMax = 1e12;

/** Most quotas of one document. */
const quotasMax = 20;

/**
 * How long `90s`, `15m`, `24h` or `30d` is, in seconds. A day has 24 hours.
 *
 * @throws {TypeError} when the text is no window of 1 second to 366 days
 */
export function parseWindowSeconds(text: string): number {
  const seconds = windowSecondsOf(text);
  if (seconds === undefined) throw new TypeError(`not a window: ${text}`);
  return seconds;
}

function windowSecondsOf(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const seconds = Number(count) * (secondsPer[unit] ?? Number.NaN);
  return seconds >= 1 && seconds <= windowSecondsMax ? seconds : undefined;
}

/** How much may be used of an allowed scope within a window. */
export const policyQuotaSchema = z
  .strictObject({
    scope: callScopeSchema,
    /** Whole calls or tokens, or US dollars. */
    limit: z.number().positive().max(limitMax),
    window: z
      .string()
      .refine(isWindow, 'is not a window of 1 second to 366 days such as `90s`, `24h` or `30d`'),
    /** `sliding` where it is not given. */
    algorithm: quotaAlgorithmSchema.optional(),
    /** Whose executions are counted together: `agent` where it is not given. */
    per: quotaHolderSchema.optional(),
    /** What is counted: `calls` where it is not given. */
    cost: quotaCostSchema.optional(),
  })
  .refine(({ limit, cost }) => cost === 'usd' || Number.isInteger(limit), {
    path: ['limit'],
    error: 'is not a whole number',
  });
export type PolicyQuota = z.infer<typeof policyQuotaSchema>;

/** Quotas of one document. No two may count the same: then one of their limits says nothing. */
export const policyQuotasSchema = z
  .array(policyQuotaSchema)
  .max(quotasMax)
  .superRefine((quotas, context) => {
    const counted = quotas.map(whatIsCounted);
    counted.forEach((text, index) => {
      if (counted.indexOf(text) < index)
        context.addIssue({ code: 'custom', path: [index], message: 'counts the same as another one' });
    });
  });

/** The same text for quotas that differ in their limits alone. */
export function whatIsCounted({ scope, window, algorithm, per, cost }: PolicyQuota): string {
  return [
    scope,
    windowSecondsOf(window) ?? window,
    algorithm ?? 'sliding',
    per ?? 'agent',
    cost ?? 'calls',
  ].join(' ');
}

function isWindow(text: string): boolean {
  return windowSecondsOf(text) !== undefined;
}
