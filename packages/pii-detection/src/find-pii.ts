import type { PiiKind } from '@4runr/contracts/decision';
import { findCreditCards } from './credit-card.ts';
import type { Detector, Span } from './detector.ts';
import { findEmails } from './email.ts';
import { findPhoneNumbers } from './phone.ts';
import { findSocialSecurityNumbers } from './ssn.ts';

/** Something in a text that looks like personal data. */
export interface PiiMatch extends Span {
  readonly kind: PiiKind;
}

const detectors: Readonly<Record<PiiKind, Detector>> = {
  email: findEmails,
  phone: findPhoneNumbers,
  ssn: findSocialSecurityNumbers,
  credit_card: findCreditCards,
};

/** Without one of these there is nothing of any kind in a text. Most texts have none. */
const telling = /[@\d]/;

/** All that a text holds of the kinds, from left to right. Of matches that overlap the one that begins first is given. */
export function findPii(text: string, kinds: readonly PiiKind[]): readonly PiiMatch[] {
  if (!telling.test(text)) return [];
  const found = kinds.flatMap((kind) =>
    Array.from(detectors[kind](text), ({ start, end }) => ({ kind, start, end })),
  );
  const kept: PiiMatch[] = [];
  for (const match of found.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  }
  return kept;
}

/** Whether a text holds anything of the kinds; stops at the first that it finds. */
export function holdsPii(text: string, kinds: readonly PiiKind[]): boolean {
  return telling.test(text) && kinds.some((kind) => holds(text, detectors[kind]));
}

function holds(text: string, detector: Detector): boolean {
  for (const _match of detector(text)) return true;
  return false;
}
