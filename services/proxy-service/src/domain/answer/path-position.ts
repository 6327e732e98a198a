import { parseResponsePath, type ResponsePathStep } from '@4runr/contracts/response-path';

/** What is done to the values that a path names. */
export type PathEffect =
  | { readonly kind: 'redact' }
  | { readonly kind: 'truncate'; readonly charactersMax: number };

/** How far into a path a place of an answer has come: the step that its members have to fit. */
export interface PathPosition {
  readonly step: ResponsePathStep;
  /** `undefined` where the step is the last, and what fits it is named by the path. */
  readonly next: PathPosition | undefined;
  readonly effect: PathEffect;
}

/** What the paths say of one place of an answer. */
export interface Reached {
  /** Positions for what is inside; no two are the same. */
  readonly positions: readonly PathPosition[];
  readonly isRedacted: boolean;
  /** How many characters of a text here are kept. */
  readonly charactersMax: number;
}

/** The position before the first step of a path. @throws {TypeError} when the text is no path */
export function compilePath(text: string, effect: PathEffect): PathPosition {
  const last = parseResponsePath(text).reduceRight<PathPosition | undefined>(
    (next, step) => ({ step, next, effect }),
    undefined,
  );
  if (last === undefined) throw new TypeError(`not a path of an answer: ${text}`);
  return last;
}

/** Goes into a member, or an entry of a list by its index. The work is in proportion to the number of positions. */
export function enter(positions: readonly PathPosition[], name: string): Reached {
  if (positions.length === 0) return atRoot(positions);
  const inside = new Set<PathPosition>();
  let isRedacted = false;
  let charactersMax = Number.POSITIVE_INFINITY;
  for (const position of positions) {
    if (position.step.kind === 'any_depth') inside.add(position);
    const tried = position.step.kind === 'any_depth' ? position.next : position;
    if (tried === undefined || !fits(tried.step, name)) continue;
    if (tried.next !== undefined) inside.add(tried.next);
    else if (tried.effect.kind === 'redact') isRedacted = true;
    else charactersMax = Math.min(charactersMax, tried.effect.charactersMax);
  }
  return { positions: [...inside], isRedacted, charactersMax };
}

/** Before any member has been gone into: no path names an answer as a whole. */
export function atRoot(positions: readonly PathPosition[]): Reached {
  return { positions, isRedacted: false, charactersMax: Number.POSITIVE_INFINITY };
}

function fits(step: ResponsePathStep, name: string): boolean {
  return step.kind === 'any' || (step.kind === 'member' && step.name === name);
}
