/** How values are written in cells. What is no number was not measured. */

export const notMeasured = 'not measured';
/** Of what people have to say, and no program. */
export const notGiven = 'not given';

export function ms(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return notMeasured;
  return `${value.toFixed(value < 100 ? 2 : 0)} ms`;
}

export function seconds(valueMs: number): string {
  return `${(valueMs / 1_000).toFixed(2)} s`;
}

export function percent(share: number | undefined): string {
  if (share === undefined || Number.isNaN(share)) return notMeasured;
  // 99.996 % must not be read as all of it.
  const text = (share * 100).toFixed(2);
  if (text === '100.00' && share < 1) return '< 100 %';
  return `${share === 1 ? '100' : text} %`;
}

export function count(value: number | null | undefined): string {
  return value === null || value === undefined || Number.isNaN(value)
    ? notMeasured
    : value.toLocaleString('en');
}

export function rate(perSecond: number | undefined): string {
  return perSecond === undefined || Number.isNaN(perSecond) ? notMeasured : `${perSecond.toFixed(2)}/s`;
}

export function cores(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? notMeasured : `${value.toFixed(2)} cores`;
}

/** Whether a value reaches its goal, as cells say it. */
export function verdict(value: number | undefined, isGood: (value: number) => boolean): string {
  if (value === undefined || Number.isNaN(value)) return notMeasured;
  return isGood(value) ? 'pass' : '**fail**';
}

export const below = (limit: number) => (value: number) => value < limit;
export const atMost = (limit: number) => (value: number) => value <= limit;
export const atLeast = (limit: number) => (value: number) => value >= limit;
