/**
 * Clocks of some time zones since 2010, written down from what their governments decreed, without any database of time zones: a
 * second implementation, to compare with.
 */
interface ZoneRules {
  /** Offsets from UTC in minutes. */
  readonly standard: number;
  readonly summer?: number;
  /** When summer time begins and ends in a year, in milliseconds since the epoch. */
  readonly change?: (year: number) => { readonly begins: number; readonly ends: number };
}

const hour = 3_600_000;
const day = 24 * hour;

/** The n-th Sunday of a month (0 is January), at midnight UTC; -1 is the last. */
function sunday(year: number, month: number, nth: 1 | 2 | -1): number {
  if (nth === -1) {
    const last = Date.UTC(year, month + 1, 0);
    return last - new Date(last).getUTCDay() * day;
  }
  const first = Date.UTC(year, month, 1);
  return first + ((7 - new Date(first).getUTCDay()) % 7) * day + (nth - 1) * 7 * day;
}

/** Energy Policy Act of 2005: from the second Sunday of March, 2:00, to the first one of November, 2:00. */
const unitedStates = (standard: number) => (year: number) => ({
  begins: sunday(year, 2, 2) + 2 * hour - standard * 60_000,
  ends: sunday(year, 10, 1) + 1 * hour - standard * 60_000,
});

/** Directive 2000/84/EC: from the last Sunday of March to the last one of October, 1:00 UTC. */
const europeanUnion = (year: number) => ({
  begins: sunday(year, 2, -1) + hour,
  ends: sunday(year, 9, -1) + hour,
});

/** Standard Time Act 1987 (NSW): from the first Sunday of October to the first one of April, 2:00 standard time. */
const newSouthWales = (standard: number) => (year: number) => ({
  begins: sunday(year, 9, 1) + 2 * hour - standard * 60_000,
  ends: sunday(year, 3, 1) + 2 * hour - standard * 60_000,
});

/** On Lord Howe Island summer time is half an hour; it ends at 2:00 of it. */
const lordHoweIsland = (year: number) => ({
  begins: sunday(year, 9, 1) + 2 * hour - 630 * 60_000,
  ends: sunday(year, 3, 1) + 2 * hour - 660 * 60_000,
});

export const zones: Readonly<Record<string, ZoneRules>> = {
  UTC: { standard: 0 },
  'Asia/Kolkata': { standard: 330 },
  'Asia/Kathmandu': { standard: 345 },
  'Asia/Tokyo': { standard: 540 },
  'Pacific/Kiritimati': { standard: 840 },
  'America/Phoenix': { standard: -420 },
  'Pacific/Marquesas': { standard: -570 },
  'America/New_York': { standard: -300, summer: -240, change: unitedStates(-300) },
  'America/Los_Angeles': { standard: -480, summer: -420, change: unitedStates(-480) },
  'Europe/Berlin': { standard: 60, summer: 120, change: europeanUnion },
  'Europe/Lisbon': { standard: 0, summer: 60, change: europeanUnion },
  'Australia/Sydney': { standard: 600, summer: 660, change: newSouthWales(600) },
  'Australia/Lord_Howe': { standard: 630, summer: 660, change: lordHoweIsland },
};

/** The first year that all the rules hold for. */
export const firstYear = 2010;

/** When clocks of the zone are changed in a year. */
export function changesIn(zone: string, year: number): readonly number[] {
  const { begins, ends } = zones[zone]?.change?.(year) ?? {};
  return [begins, ends].filter((at) => at !== undefined);
}

/** The offset of a zone at a time, in minutes. */
export function offsetAt(zone: string, at: number): number {
  const { standard = Number.NaN, summer = standard, change } = zones[zone] ?? {};
  if (change === undefined) return standard;
  const { begins, ends } = change(new Date(at + standard * 60_000).getUTCFullYear());
  const isSummer = begins < ends ? begins <= at && at < ends : at < ends || begins <= at;
  return isSummer ? summer : standard;
}
