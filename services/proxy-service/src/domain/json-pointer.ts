/** One reference token of a JSON Pointer, escaped (RFC 6901 section 3). */
export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The value that a pointer in a URI fragment leads to (RFC 6901 section 6); `undefined` where there is none. */
export function resolveFragment(document: unknown, fragment: string): unknown {
  const tokens = decodeURIComponent(fragment.replace(/^#/, '')).split('/').slice(1);
  return tokens.reduce<unknown>((value, token) => {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
      ? (value as Readonly<Record<string, unknown>>)[name]
      : undefined;
  }, document);
}
