/** The token with one character changed, at places spread over each of its segments, and with a segment gone. */
export function tamperings(token: string): string[] {
  const segments = token.split('.');
  const changed = segments.flatMap((segment, index) =>
    [0, 0.25, 0.5, 0.75, 0.999].map((share) => {
      const at = Math.floor(segment.length * share);
      const other = segment[at] === 'A' ? 'B' : 'A';
      return segments.with(index, segment.slice(0, at) + other + segment.slice(at + 1)).join('.');
    }),
  );
  const cut = segments.map((_segment, index) => segments.with(index, '').join('.'));
  return [...changed, ...cut, segments.slice(0, 2).join('.'), `${token}.`, `${token}A`];
}
