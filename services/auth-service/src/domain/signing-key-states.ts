/**
 * - `next` is published, so that every verifier knows it before it is needed; it does not sign.
 * - `active` signs.
 * - `retired` is published until no token that it has signed can be valid; its private half is gone.
 */
export type SigningKeyState = 'next' | 'active' | 'retired';

/** What decisions about a signing key are made of. */
export interface DatedKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  /** Since when it is published. */
  readonly createdAt: Date;
  readonly activatedAt: Date | null;
  readonly retiredAt: Date | null;
}

/** All keys that are kept, told apart by their states. */
export interface KeysByState<K extends DatedKey = DatedKey> {
  readonly active: K;
  readonly next: K;
  /** The last retired first. */
  readonly retired: readonly K[];
}

export interface RotationRules {
  /** How long a key is published before it signs, in milliseconds: longer than any verifier keeps keys unread. */
  readonly publishMs: number;
  /** How long a key signs before the schedule replaces it, in milliseconds; undefined leaves rotation to commands. */
  readonly rotationMs: number | undefined;
}

/**
 * How long a key is published before it signs even when it is forced, in milliseconds. By then every replica publishes it
 * (they look every second), and whoever reads the keys because of an unknown one (service-kit's verifiers at most a second
 * after the last reading) finds it.
 */
export const forcedPublishMs = 5_000;

/** Longest life of an access token, and how long replicas and clocks may lag behind, in milliseconds. */
const keptAfterRetirementMs = (3_600 + 120) * 1_000;

/** @throws RangeError when one of the two that there always are is missing */
export function tellApart<K extends DatedKey>(keys: readonly K[]): KeysByState<K> {
  const active = keys.find(({ state }) => state === 'active');
  const next = keys.find(({ state }) => state === 'next');
  if (active === undefined || next === undefined)
    throw new RangeError(`there is no ${active === undefined ? 'active' : 'next'} signing key`);
  const retired = keys.filter(({ state }) => state === 'retired');
  return { active, next, retired: retired.toSorted((a, b) => timeOf(b.retiredAt) - timeOf(a.retiredAt)) };
}

/** When the next key may begin to sign. */
export function promotableAt({ next }: KeysByState, rules: RotationRules, isForced = false): Date {
  const publishMs = isForced ? Math.min(forcedPublishMs, rules.publishMs) : rules.publishMs;
  return new Date(next.createdAt.getTime() + publishMs);
}

/** When the schedule rotates; undefined leaves it to commands. */
export function scheduledAt(keys: KeysByState, rules: RotationRules): Date | undefined {
  if (rules.rotationMs === undefined) return undefined;
  const wornOutAt = timeOf(keys.active.activatedAt) + rules.rotationMs;
  return new Date(Math.max(wornOutAt, promotableAt(keys, rules).getTime()));
}

export function isRotationDue(keys: KeysByState, rules: RotationRules, now: Date): boolean {
  const at = scheduledAt(keys, rules);
  return at !== undefined && now >= at;
}

/** Until when a retired key is published. */
export function publishedUntil({ retiredAt }: DatedKey): Date {
  return new Date(timeOf(retiredAt) + keptAfterRetirementMs);
}

/** Retired keys whose last token has expired. */
export function endedKeys<K extends DatedKey>({ retired }: KeysByState<K>, now: Date): readonly K[] {
  return retired.filter((key) => now >= publishedUntil(key));
}

function timeOf(date: Date | null): number {
  return date?.getTime() ?? 0;
}
