/** Of a SHA-256 in base64url (RFC 7638), one in 64 of which begins as an option does. */
const thumbprintLikeAnOption = /^-[\w-]{42}$/;

/**
 * What to hand to `parseArgs`, so that a key's thumbprint which begins with `-` is a key and no option.
 *
 * @param args as they were typed; their own order stays, but for such thumbprints, which come last behind `--`
 */
export function thumbprintsLast(args: readonly string[]): string[] {
  if (args.includes('--')) return [...args];
  const thumbprints = args.filter((argument) => thumbprintLikeAnOption.test(argument));
  const others = args.filter((argument) => !thumbprintLikeAnOption.test(argument));
  return [...others, '--', ...thumbprints];
}
