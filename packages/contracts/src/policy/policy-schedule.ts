import * as z from 'zod';
import { someOf } from './entry-list.ts';

/** Days of the week; the first is Monday's. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Names in the IANA time zone database; offsets such as `+02:00` are none. */
const timezoneSchema = z
  .string()
  .max(64)
  .regex(/^[A-Za-z]/)
  .refine(isTimezone, 'is not a time zone such as `Europe/Berlin`');

const timeOfDay = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/**
 * When the policy allows anything: on the days, while a clock on a wall in the zone shows a time from `from` on and before `to`.
 * Where `from` is later than `to` it goes on past midnight, and belongs to the day that it began on.
 */
export const policyScheduleSchema = z
  .strictObject({
    timezone: timezoneSchema,
    days: someOf(z.enum(weekdays)),
    from: z.string().regex(timeOfDay, 'is not a time such as `09:00`'),
    /** `24:00` is the end of the day. */
    to: z.union([z.string().regex(timeOfDay, 'is not a time such as `17:00`'), z.literal('24:00')]),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], error: 'is the same as `from`' });
export type PolicySchedule = z.infer<typeof policyScheduleSchema>;

function isTimezone(text: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
