/** What a clock on a wall shows, and the day of the week there. */
export interface WallTime {
  /** 0 is Monday. */
  readonly day: number;
  /** Since midnight as the clock shows it: 0 to 1439. */
  readonly minute: number;
}

export type WallClock = (at: Date) => WallTime;

const days: Readonly<Record<string, number>> = { Mon: 0, Tue: 1, Wed: 2, Thu: 3, Fri: 4, Sat: 5, Sun: 6 };

/** Clocks by time zone: making one costs some hundred times what reading it does. There are as many as time zones have names. */
const clocks = new Map<string, WallClock>();

/**
 * The clock of a time zone, by the rules of the IANA database that Node brings.
 *
 * @throws {RangeError} when this Node does not know the time zone
 */
export function wallClockOf(timeZone: string): WallClock {
  const known = clocks.get(timeZone);
  if (known !== undefined) return known;
  const clock = createWallClock(timeZone);
  clocks.set(timeZone, clock);
  return clock;
}

function createWallClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (at) => {
    const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {};
    for (const { type, value } of format.formatToParts(at)) parts[type] = value;
    const { weekday = '', hour, minute } = parts;
    return { day: days[weekday] ?? Number.NaN, minute: Number(hour) * 60 + Number(minute) };
  };
}
