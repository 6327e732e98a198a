import { RE2JS } from 're2js';
import * as z from 'zod';

/** A compiled pattern. Matching takes time in proportion to the text's length times `size`, whatever both hold. */
export interface TextPattern {
  /** Whether the pattern fits anywhere in the text. */
  test(text: string): boolean;
  /** Instructions of the compiled program. */
  readonly size: number;
}

/** Longest pattern, in characters. */
export const textPatternLengthMax = 500;

/** Largest program: a pattern of 500 plain characters fits, `\pL{1000}` does not. */
const sizeMax = 600;

/**
 * Compiles a regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax): no look-around, no back-references.
 *
 * @throws {TypeError} when the text is no such pattern, or one too large
 */
export function parseTextPattern(text: string): TextPattern {
  if (text.length > textPatternLengthMax) throw new TypeError('the pattern is too long');
  if (countRepetitions(text) > sizeMax) throw new TypeError('the pattern repeats too much');
  const pattern = compile(text);
  const size = pattern.programSize();
  if (size > sizeMax) throw new TypeError('the pattern repeats too much');
  return { test: (input) => pattern.test(input), size };
}

/** The sum of all counts in braces: a program is no smaller, and one that is far too large takes long to make. */
function countRepetitions(text: string): number {
  return Array.from(text.matchAll(/\{(\d+)(?:,(\d*))?\}/g)).reduce(
    (sum, [, least, most]) => sum + Number(most || least),
    0,
  );
}

function compile(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (cause) {
    throw new TypeError('not a pattern in the syntax of RE2', { cause });
  }
}

/** The text of a pattern as it stands in a policy. The empty one, which fits every text, is none. */
export const textPatternSchema = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseTextPattern(text);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: error instanceof TypeError ? error.message : 'no pattern',
      });
    }
  });
