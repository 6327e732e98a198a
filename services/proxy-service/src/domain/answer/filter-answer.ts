import type { AnswerRules } from './answer-rules.ts';
import { BlockedError, filterText, readsTexts, redactedText, truncateText } from './filter-text.ts';
import { atRoot, enter, type PathPosition, type Reached } from './path-position.ts';
import { countSteps, type SpendSteps, StepsUsedUpError } from './step-count.ts';

/** What came of an answer. `unfinished`: it would have taken more steps than there were, and nothing of it is known to pass. */
export type FilterVerdict =
  | { readonly kind: 'passed'; readonly answer: unknown }
  | { readonly kind: 'blocked'; readonly by: 'pattern' | 'pii' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'unfinished' };

/**
 * Carries out obligations on an answer, in this order: what paths name is made unreadable; what is left may fit no pattern
 * and hold no personal data that is denied, in texts, numbers and names of members, each looked at by itself; other personal data
 * is made unreadable; texts are cut; and then the answer may not be too long. The answer given stays as it is. Work is in
 * proportion to its size, however deep it is nested.
 *
 * @param answer any JSON value
 * @param stepsMax see `countSteps`
 */
export function filterAnswer(
  rules: AnswerRules,
  answer: unknown,
  stepsMax: number = Number.POSITIVE_INFINITY,
): FilterVerdict {
  try {
    const filtered = filterTree(rules, answer, countSteps(stepsMax));
    return isTooLarge(filtered, rules.bytesMax)
      ? { kind: 'too_large' }
      : { kind: 'passed', answer: filtered };
  } catch (error) {
    if (error instanceof BlockedError) return { kind: 'blocked', by: error.by };
    if (error instanceof StepsUsedUpError) return { kind: 'unfinished' };
    throw error;
  }
}

/** A list or an object whose entries have yet to be filtered into its copy. */
interface Opened {
  readonly source: object;
  readonly copy: object;
  readonly positions: readonly PathPosition[];
}

function filterTree(rules: AnswerRules, answer: unknown, spend: SpendSteps): unknown {
  const seesAll = readsTexts(rules);
  const opened: Opened[] = [];
  const filtered = filterValue(answer, atRoot(rules.positions));
  for (let next = opened.pop(); next !== undefined; next = opened.pop()) copyEntries(next);
  return filtered;

  function filterValue(value: unknown, { positions, isRedacted, charactersMax }: Reached): unknown {
    if (isRedacted) return redactedText;
    if (typeof value === 'string')
      return truncateText(seesAll ? filterText(value, rules, spend) : value, charactersMax);
    if (typeof value === 'number') return seesAll ? filterNumber(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (!seesAll && positions.length === 0) return value;
    const copy = Array.isArray(value) ? [] : {};
    opened.push({ source: value, copy, positions });
    return copy;
  }

  function filterNumber(value: number): unknown {
    const text = String(value);
    const kept = filterText(text, rules, spend);
    return kept === text ? value : kept;
  }

  function copyEntries({ source, copy, positions }: Opened): void {
    const isList = Array.isArray(source);
    for (const [index, name] of Object.keys(source).entries()) {
      spend(1 + positions.length);
      const value = filterValue(source[name as keyof typeof source], enter(positions, name));
      addEntry(copy, isList || !seesAll ? name : filterName(name, index, copy), value);
    }
  }

  /** Names that have become the same are told apart by their place. */
  function filterName(name: string, index: number, copy: object): string {
    const kept = filterText(name, rules, spend);
    return kept !== name && Object.hasOwn(copy, kept) ? `${kept} ${index}` : kept;
  }
}

function addEntry(copy: object, name: string, value: unknown): void {
  if (Array.isArray(copy)) copy.push(value);
  else if (name === '__proto__')
    Object.defineProperty(copy, name, { value, enumerable: true, configurable: true, writable: true });
  else (copy as Record<string, unknown>)[name] = value;
}

/** What is nested so deep that it cannot be written cannot be handed on either. */
function isTooLarge(answer: unknown, bytesMax: number): boolean {
  if (bytesMax === Number.POSITIVE_INFINITY) return false;
  try {
    return Buffer.byteLength(JSON.stringify(answer)) > bytesMax;
  } catch {
    return true;
  }
}
