import assert from 'node:assert/strict';

/** An answer that a provider's public documentation shows. */
export interface DocumentedAnswer {
  /** Addresses of the pages that show it. */
  readonly source: string;
  /** The day when the shape was taken from them, YYYY-MM-DD. */
  readonly date: string;
  readonly status: number;
  readonly answer: unknown;
}

/** A streamed answer, by the chunks that differ. */
export interface DocumentedStream extends Omit<DocumentedAnswer, 'answer'> {
  /** Whether it ends without the word that it is whole. */
  readonly isBrokenOff?: boolean;
  readonly first: unknown;
  /** All between the first and the last ones. */
  readonly between: unknown;
  readonly last: readonly unknown[];
}

/** Asserts that an answer has the members of a documented one, all of them, no others, and of the same types. */
export function assertDocumentedShape(actual: unknown, documented: unknown, path = ''): void {
  assert.equal(typeOf(actual), typeOf(documented), `type of ${path || 'the answer'}`);
  if (Array.isArray(actual) && Array.isArray(documented)) {
    for (const [index, item] of actual.entries())
      assertDocumentedShape(item, documented[0], `${path}/${index}`);
  } else if (isObject(actual) && isObject(documented)) assertSameMembers(actual, documented, path);
}

type Members = Readonly<Record<string, unknown>>;

function assertSameMembers(actual: Members, documented: Members, path: string): void {
  const [sample] = Object.keys(documented);
  if (sample !== undefined && isNumber(sample)) {
    for (const [name, value] of Object.entries(actual))
      assertDocumentedShape(value, documented[sample], `${path}/${name}`);
    return;
  }
  assert.deepEqual(
    Object.keys(actual).sort(),
    Object.keys(documented).sort(),
    `members of ${path || 'the answer'}`,
  );
  for (const [name, value] of Object.entries(actual))
    assertDocumentedShape(value, documented[name], `${path}/${name}`);
}

/** Members with numbers as names are a list, such as `other_pages`. */
function isNumber(name: string): boolean {
  return /^\d+$/.test(name);
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
