/**
 * A URL in the form in which two of them are compared (RFC 3986 sections 6.2.2 and 6.2.3, as RFC 9449 section 4.3 asks):
 * case of scheme and host, default ports, dot segments and needless escapes make no difference, query and fragment are left
 * out. `undefined` for what is no plain HTTP URL.
 */
export function normalizeTarget(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    return undefined;
  }
  return `${url.origin}${normalizeEscapes(url.pathname)}`;
}

const unreserved = /^[\w.~-]$/;

function normalizeEscapes(path: string): string {
  return path.replaceAll(/%[0-9a-f]{2}/gi, (encoded) => {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    return unreserved.test(character) ? character : encoded.toUpperCase();
  });
}
