import { type PolicySchedule, weekdays } from '@4runr/contracts/policy';
import { type WallTime, wallClockOf } from './wall-clock.ts';

/** A compiled schedule. */
export interface Schedule {
  isOpen(at: Date): boolean;
}

/**
 * Compiles a schedule. It is open while a clock on a wall in its time zone shows a time from `from` on and before `to`, so where
 * the clock is put back an hour may be open twice, and where it is put forward one that never was is not open.
 *
 * @throws {RangeError} when this Node does not know the time zone
 */
export function compileSchedule({ timezone, days, from, to }: PolicySchedule): Schedule {
  const clock = wallClockOf(timezone);
  const begins = minuteOf(from);
  const ends = minuteOf(to);
  const isDay = weekdays.map((day) => days.includes(day));
  const isOpenAt = ({ day, minute }: WallTime): boolean => {
    if (begins < ends) return isDay[day] === true && begins <= minute && minute < ends;
    const dayBefore = (day + 6) % 7;
    return (isDay[day] === true && begins <= minute) || (isDay[dayBefore] === true && minute < ends);
  };
  return { isOpen: (at) => isOpenAt(clock(at)) };
}

/** `09:30` in minutes since midnight. */
function minuteOf(text: string): number {
  const [hours, minutes] = text.split(':');
  return Number(hours) * 60 + Number(minutes);
}
