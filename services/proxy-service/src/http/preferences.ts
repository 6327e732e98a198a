/** Elements of a comma-separated list, whose quoted strings may hold commas themselves (RFC 9110 sections 5.6.1, 5.6.4). */
const elements = /(?:[^,"]|"(?:[^"\\]|\\.)*"?)+/gs;

/** `name`, `name=word` or `name="word"`; parameters may follow, which no preference of ours has (RFC 7240 section 2). */
const preference = /^\s*([\w!#$%&'*+.^`|~-]+)\s*(?:=\s*(?:([\w!#$%&'*+.^`|~-]+)|"([^"\\]*)")\s*)?(?:;.*)?$/s;

/**
 * The preferences that a `Prefer` header states: values by names in lower case, '' where there is none. Of one that is stated
 * twice the first counts; what is malformed is skipped, since no preference ever makes a request fail (RFC 7240 section 2).
 */
export function readPreferences(header: string | undefined): ReadonlyMap<string, string> {
  const stated = new Map<string, string>();
  for (const element of header?.match(elements) ?? []) {
    const [, name, token, quoted] = preference.exec(element) ?? [];
    const key = name?.toLowerCase();
    if (key !== undefined && !stated.has(key)) stated.set(key, token ?? quoted ?? '');
  }
  return stated;
}

/** How long the caller wants to wait for its answer, in whole seconds (RFC 7240 section 4.3). */
export function readWaitSeconds(preferences: ReadonlyMap<string, string>): number | undefined {
  const wait = preferences.get('wait') ?? '';
  return /^\d{1,15}$/.test(wait) ? Number(wait) : undefined;
}
