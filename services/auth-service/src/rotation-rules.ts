import type { AuthConfig } from './config.ts';
import type { RotationRules } from './domain/signing-key-states.ts';

const dayMs = 86_400_000;

export function rotationRules(config: AuthConfig): RotationRules {
  const { signingKeyPublishSeconds, signingKeyRotationDays: days } = config;
  return { publishMs: signingKeyPublishSeconds * 1_000, rotationMs: days === 0 ? undefined : days * dayMs };
}

/** Longest time that verifiers are told to keep the keys, in seconds. */
const keptSecondsMax = 300;

/** How long verifiers may keep the keys unread: half of what a key is published before it signs, so that none misses it. */
export function keysMaxAgeSeconds({ publishMs }: RotationRules): number {
  return Math.min(keptSecondsMax, Math.floor(publishMs / 2_000));
}
