import { type PolicySchedule, type Weekday, weekdays } from '@4runr/contracts/policy';
import { offsetAt } from './time-zone-rules.ts';

export const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Whether the schedule is open: every window is laid out on a calendar without time zones, and the clock's time looked up in it. */
export function isOpenLiterally({ timezone, days, from, to }: PolicySchedule, at: number): boolean {
  const wall = at + offsetAt(timezone, at) * minuteMs;
  const midnight = Math.floor(wall / dayMs) * dayMs;
  return [midnight - dayMs, midnight].some((day) => {
    const begins = day + Number(from.slice(0, 2)) * 60 * minuteMs + Number(from.slice(3)) * minuteMs;
    const sameDay = day + Number(to.slice(0, 2)) * 60 * minuteMs + Number(to.slice(3)) * minuteMs;
    const ends = sameDay > begins ? sameDay : sameDay + dayMs;
    const weekday: Weekday | undefined = weekdays[(new Date(day).getUTCDay() + 6) % 7];
    return weekday !== undefined && days.includes(weekday) && begins <= wall && wall < ends;
  });
}
