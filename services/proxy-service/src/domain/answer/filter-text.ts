import type { PiiKind } from '@4runr/contracts/decision';
import { findPii, holdsPii } from '@4runr/pii-detection';
import type { AnswerRules } from './answer-rules.ts';
import type { SpendSteps } from './step-count.ts';

/** Stands where something was made unreadable. */
export const redactedText = '[redacted]';

/** The rules do not let the answer pass. */
export class BlockedError extends Error {
  override readonly name = 'BlockedError';
  readonly by: 'pattern' | 'pii';

  constructor(by: 'pattern' | 'pii') {
    super(`the answer is blocked by ${by}`);
    this.by = by;
  }
}

/** What a character costs for each kind of personal data: as measured, the worst texts take 0.4 µs. */
const stepsPerCharacter = 20;

/** Whether there is anything to be done to each text, wherever it is. */
export function readsTexts({ blocking, deniedPii, redactedPii }: AnswerRules): boolean {
  return blocking.length + deniedPii.length + redactedPii.length > 0;
}

/** A text without the personal data that it may not hold. @throws BlockedError, and what `spend` throws */
export function filterText(text: string, rules: AnswerRules, spend: SpendSteps): string {
  const { blocking, deniedPii, redactedPii } = rules;
  // Patterns whose automaton grows too large are tried instruction by instruction.
  for (const pattern of blocking) {
    spend((text.length + 1) * pattern.size);
    if (pattern.test(text)) throw new BlockedError('pattern');
  }
  spend((text.length + 1) * stepsPerCharacter * (deniedPii.length + redactedPii.length));
  if (holdsPii(text, deniedPii)) throw new BlockedError('pii');
  return redactedPii.length === 0 ? text : redactPii(text, redactedPii);
}

function redactPii(text: string, kinds: readonly PiiKind[]): string {
  const kept: string[] = [];
  let from = 0;
  for (const { start, end } of findPii(text, kinds)) {
    kept.push(text.slice(from, start));
    from = end;
  }
  return from === 0 ? text : [...kept, text.slice(from)].join(redactedText);
}

/** The first characters (code points) of a text. */
export function truncateText(text: string, charactersMax: number): string {
  if (text.length <= charactersMax) return text;
  let end = 0;
  for (let count = 0; count < charactersMax && end < text.length; count += 1) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}
