import {
  canonicalHost,
  type DomainPattern,
  matchesDomain,
  parseDomainPattern,
} from '@4runr/contracts/domain-pattern';

export interface HostPort {
  /** As `URL.hostname` writes it: IPv6 addresses are bracketed. */
  readonly hostname: string;
  readonly port: number;
}

/** Hosts whose connections go to one fixed server, whatever the DNS says of them. */
export interface HostOverride {
  /** `example.com` (itself alone) or `*.wikipedia.org` (everything below it). */
  readonly hosts: readonly string[];
  /** `host:port` that serves these hosts over http. */
  readonly http: string;
  /** `host:port` that serves these hosts over https, under their own names. */
  readonly https: string;
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

/** The operator's exceptions, compiled: which of them, if any, a target falls under. */
export class HostExceptions {
  readonly #allowed: ReadonlySet<string>;
  readonly #overridden: readonly DomainPattern[];
  readonly #override: { http: HostPort; https: HostPort } | undefined;

  /** @throws {TypeError} when an entry is malformed. */
  constructor(allowHosts: readonly string[], override?: HostOverride) {
    this.#allowed = new Set(allowHosts.map((text) => keyOf(parseHostPort(text))));
    this.#overridden = (override?.hosts ?? []).map(parseDomainPattern);
    this.#override = override && { http: parseHostPort(override.http), https: parseHostPort(override.https) };
  }

  /** Whether the operator has exempted exactly this host and port from the rules on ports and addresses. */
  allows(target: HostPort): boolean {
    return this.#allowed.size > 0 && this.#allowed.has(keyOf(target));
  }

  /** Where connections to the host go instead, if it is overridden. */
  overrideOf(hostname: string, protocol: string): HostPort | undefined {
    if (!this.#overridden.some((pattern) => matchesDomain(pattern, hostname))) return undefined;
    return protocol === 'https:' ? this.#override?.https : this.#override?.http;
  }
}

function keyOf({ hostname, port }: HostPort): string {
  return `${canonicalHost(hostname)}:${port}`;
}
