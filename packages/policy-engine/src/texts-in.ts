/** Most characters that are looked through for personal data. */
const charactersMax = 500_000;

/**
 * Every text in the parameters, names of members and numbers included.
 *
 * @returns `undefined` when these are more than can be looked through
 */
export function textsIn(params: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const texts: string[] = [];
  const waiting: unknown[] = [params];
  let left = charactersMax;
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value))
        waiting.push(Array.isArray(value) ? null : key, entry);
    } else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      left -= text.length + 1;
      texts.push(text);
    }
    if (left < 0) return undefined;
  }
  return texts;
}
