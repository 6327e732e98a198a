import * as z from 'zod';

/** A compiled pattern: every host, one host, or all hosts below one, at any depth, but not that one itself. */
export type DomainPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly host: string }
  | { readonly kind: 'subdomains'; readonly parent: string };

const subdomainPrefix = '*.';
const hostText = /^(?:[^\s/@:?#\\[\]*%]+|\[[0-9a-f:.]+\])$/i;

/**
 * Compiles `*`, `example.com` or `*.example.com`. Internationalised names become their ASCII form, addresses their
 * canonical one, so a pattern matches however the host is spelled.
 *
 * @throws {TypeError} when the text is not such a pattern: a scheme, port or path, or a `*` elsewhere.
 */
export function parseDomainPattern(text: string): DomainPattern {
  if (text === '*') return { kind: 'any' };
  if (!text.startsWith(subdomainPrefix)) return { kind: 'exact', host: parseHost(text) };
  const parent = parseHost(text.slice(subdomainPrefix.length));
  if (isAddress(parent)) throw new TypeError(`an address has no subdomains: ${text}`);
  return { kind: 'subdomains', parent };
}

/** Whether a host, as `URL.hostname` gives it, fits the pattern. A trailing dot makes no difference. */
export function matchesDomain(pattern: DomainPattern, hostname: string): boolean {
  const host = canonicalHost(hostname);
  switch (pattern.kind) {
    case 'any':
      return true;
    case 'exact':
      return host === pattern.host;
    case 'subdomains':
      return !isAddress(host) && host.endsWith(`.${pattern.parent}`);
  }
}

/** Lower case and without the trailing dot of a fully qualified name. */
export function canonicalHost(hostname: string): string {
  const lower = hostname.toLowerCase();
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** The text of a pattern as it stands in a policy or a permit. */
export const domainPatternSchema = z
  .string()
  .max(255)
  .refine(isDomainPattern, 'is not `*`, a host or `*.` before a host');

function isDomainPattern(text: string): boolean {
  try {
    parseDomainPattern(text);
    return true;
  } catch {
    return false;
  }
}

function parseHost(text: string): string {
  const url = hostText.test(text) ? URL.parse(`http://${text}`) : null;
  if (url === null || url.hostname.startsWith('.')) throw new TypeError(`not a host name: ${text}`);
  return canonicalHost(url.hostname);
}

/** A host that `URL` has normalised is an address exactly when it is bracketed or ends in a numeric label. */
function isAddress(host: string): boolean {
  return host.startsWith('[') || /(?:^|\.)\d+$/.test(host);
}
