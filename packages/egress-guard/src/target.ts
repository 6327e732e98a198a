import { isPublicAddress } from './address.ts';
import { ForbiddenTargetError } from './forbidden-target-error.ts';
import type { HostExceptions, HostPort } from './host-exceptions.ts';

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/** How a target is to be connected: by vetted public addresses, by whatever the name says, or to a fixed server. */
export type Route =
  | { readonly kind: 'public'; readonly target: HostPort }
  | { readonly kind: 'allowed'; readonly target: HostPort }
  | { readonly kind: 'overridden'; readonly target: HostPort };

export interface TargetRules {
  readonly ports: ReadonlySet<number>;
  readonly exceptions: HostExceptions;
}

/**
 * Checks what can be seen of a target before any look-up: scheme, credentials, port, and addresses written as such
 * (`URL` has already turned decimal, octal, hexadecimal and shortened notations into the usual one).
 *
 * @throws {ForbiddenTargetError}
 */
export function routeOf(url: URL, { ports, exceptions }: TargetRules): Route {
  const defaultPort = defaultPorts[url.protocol];
  if (defaultPort === undefined) throw new ForbiddenTargetError('scheme');
  if (url.username !== '' || url.password !== '') throw new ForbiddenTargetError('credentials');

  const target = { hostname: url.hostname, port: url.port === '' ? defaultPort : Number(url.port) };
  if (exceptions.allows(target)) return { kind: 'allowed', target };
  if (!ports.has(target.port)) throw new ForbiddenTargetError('port');

  const override = exceptions.overrideOf(target.hostname, url.protocol);
  if (override !== undefined) return { kind: 'overridden', target: override };

  const literal = addressLiteral(target.hostname);
  if (literal !== undefined && !isPublicAddress(literal)) throw new ForbiddenTargetError('address', literal);
  if (isLocalhost(target.hostname)) throw new ForbiddenTargetError('address', 'localhost');
  return { kind: 'public', target };
}

/** The address that a URL's host is written as; nothing when it is a name, which only a resolver can judge. */
function addressLiteral(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return /(?:^|\.)\d+$/.test(hostname) ? hostname : undefined;
}

/** Names that stand for this machine whatever a name server says (RFC 6761 section 6.3). */
function isLocalhost(hostname: string): boolean {
  return /(?:^|\.)localhost\.?$/.test(hostname);
}
