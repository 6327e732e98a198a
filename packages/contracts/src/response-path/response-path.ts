import * as z from 'zod';

/** One step into an answer: a member by name (of a list, by index), any one member or index, or any number of them. */
export type ResponsePathStep =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'any_depth' };

/** Longest path, in characters, and most steps of one. */
const lengthMax = 500;
const stepsMax = 20;

/**
 * Compiles `a.b`, `items.*.email` or `**.token`: members by name, `*` for one member or index, `**` for any number of them,
 * none included. Names that contain `.` or `*` cannot be named.
 *
 * @throws {TypeError} when the text is not such a path; one that ends with `**` is none, since it names nothing
 */
export function parseResponsePath(text: string): readonly ResponsePathStep[] {
  const steps = text.split('.').map(parseStep);
  const repeats = steps.some((step, index) => isAnyDepth(step) && isAnyDepth(steps[index + 1]));
  if (text.length > lengthMax || steps.length > stepsMax || repeats || isAnyDepth(steps.at(-1))) {
    throw new TypeError(`not a path of an answer: ${text}`);
  }
  return steps;
}

function parseStep(text: string): ResponsePathStep {
  if (text === '*') return { kind: 'any' };
  if (text === '**') return { kind: 'any_depth' };
  if (text === '' || text.includes('*')) throw new TypeError(`not a step of a path: ${text}`);
  return { kind: 'member', name: text };
}

function isAnyDepth(step: ResponsePathStep | undefined): boolean {
  return step?.kind === 'any_depth';
}

/** The text of a path as it stands in a policy. */
export const responsePathSchema = z
  .string()
  .refine(isResponsePath, 'is not a path such as `a.b`, `items.*.email` or `**.token`');

function isResponsePath(text: string): boolean {
  try {
    parseResponsePath(text);
    return true;
  } catch {
    return false;
  }
}
