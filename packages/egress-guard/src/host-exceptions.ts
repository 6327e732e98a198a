import {
  canonicalHost,
  type DomainPattern,
  matchesDomain,
  parseDomainPattern,
} from '@4runr/contracts/domain-pattern';
import { ForbiddenTargetError } from './forbidden-target-error.ts';

export interface HostPort {
  /** As `URL.hostname` writes it: IPv6 addresses are bracketed. */
  readonly hostname: string;
  readonly port: number;
}

/** Hosts whose connections go to one fixed server, whatever the DNS says of them. */
export interface HostOverride {
  /** `example.com` (itself alone) or `*.wikipedia.org` (everything below it). */
  readonly hosts: readonly string[];
  /** `host:port` that serves these hosts over http. Without it they are refused there. */
  readonly http?: string;
  /** `host:port` that serves these hosts over https, under their own names. Without it they are refused there. */
  readonly https?: string;
  /** PEM of the only authority that is trusted for them. Default: the public ones. */
  readonly ca?: string;
}

/**
 * Parses `host:port`; the host may be a name or an address in any notation.
 *
 * @throws {TypeError} when the text is anything else.
 */
export function parseHostPort(text: string): HostPort {
  const port = Number(/:(\d{1,5})$/.exec(text)?.[1]);
  const url = URL.parse(`http://${text}`);
  const isHostAlone =
    url !== null && url.pathname === '/' && url.href.endsWith('/') && !/[\s/@?#\\]/.test(text);
  if (!isHostAlone || !(port > 0 && port < 65_536)) throw new TypeError(`not host:port: ${text}`);
  return { hostname: canonicalHost(url.hostname), port };
}

/** Whether the text is what {@link parseHostPort} takes. */
export function isHostPort(text: string): boolean {
  try {
    parseHostPort(text);
    return true;
  } catch {
    return false;
  }
}

/** The operator's exceptions, compiled: which of them, if any, a target falls under. */
export class HostExceptions {
  readonly #allowed: ReadonlySet<string>;
  readonly #overridden: readonly DomainPattern[];
  readonly #servers: Readonly<Record<string, HostPort | undefined>>;

  /** @throws {TypeError} when an entry is malformed. */
  constructor(allowHosts: readonly string[], override?: HostOverride) {
    this.#allowed = new Set(allowHosts.map((text) => keyOf(parseHostPort(text))));
    this.#overridden = (override?.hosts ?? []).map(parseDomainPattern);
    this.#servers = {
      'http:': override?.http === undefined ? undefined : parseHostPort(override.http),
      'https:': override?.https === undefined ? undefined : parseHostPort(override.https),
    };
  }

  /** Whether the operator has exempted exactly this host and port from the rules on ports and addresses. */
  allows(target: HostPort): boolean {
    return this.#allowed.size > 0 && this.#allowed.has(keyOf(target));
  }

  /**
   * Where connections to the host go instead, if it is overridden.
   *
   * @throws {ForbiddenTargetError} when it is, but not for this scheme
   */
  overrideOf(hostname: string, protocol: string): HostPort | undefined {
    if (!this.#overridden.some((pattern) => matchesDomain(pattern, hostname))) return undefined;
    const server = this.#servers[protocol];
    if (server === undefined) throw new ForbiddenTargetError('scheme');
    return server;
  }
}

function keyOf({ hostname, port }: HostPort): string {
  return `${canonicalHost(hostname)}:${port}`;
}
