import { createHash } from 'node:crypto';

/** Hex digits that depend on the text alone, so that the same request always gets the same answer. */
export function stableHex(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}

/** A whole number from `min` to `max`, both included, that depends on the text alone. */
export function stableInteger(text: string, min: number, max: number): number {
  return min + (Number.parseInt(stableHex(text, 12), 16) % (max - min + 1));
}

/** A number from 0 up to, but not, 1 that depends on the text alone. */
export function stableFraction(text: string): number {
  return Number.parseInt(stableHex(text, 12), 16) / 2 ** 48;
}
