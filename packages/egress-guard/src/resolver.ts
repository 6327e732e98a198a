import { lookup, Resolver as NameServerClient } from 'node:dns/promises';
import { canonicalName, createHostsFile } from './hosts-file.ts';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds every address of a name. Rejects with an `ENOTFOUND`-like error when there is none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/**
 * The operating system's resolver (`getaddrinfo`) with all that it is set up for, in the order in which it ranks addresses
 * (RFC 6724). It holds a thread of libuv for as long as a name's servers are silent, and is given two: only for names that an
 * operator has chosen.
 */
export const systemResolver: Resolver = async (hostname) => {
  const addresses = await lookup(hostname, { all: true, order: 'verbatim' });
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** How old what is known of the operating system's set-up may be, in milliseconds. */
const setupMaxAgeMs = 5_000;

export interface WebResolverOptions {
  /** Default: the operating system's. */
  readonly hostsFile?: string;
  /** Default: the operating system's. */
  readonly servers?: readonly string[];
}

/**
 * Finds names of the open web as the operating system would, but any number at once: by its `hosts` file, else by its name
 * servers. Neither its search list nor other sources of names that it may have (mDNS, a directory) have a say.
 *
 * @throws {TypeError} when a server is not written as an address.
 */
export function createWebResolver({
  hostsFile = '/etc/hosts',
  servers = [],
}: WebResolverOptions = {}): Resolver {
  const hosts = createHostsFile(hostsFile, setupMaxAgeMs);
  const resolve = servers.length > 0 ? createDnsResolver(servers) : renewed(setupMaxAgeMs, createDnsResolver);
  return async (hostname) => (await hosts()).get(canonicalName(hostname)) ?? resolve(hostname);
}

/** A resolver that is made anew when it is old, so that it follows what its making reads. */
function renewed(maxAgeMs: number, create: () => Resolver): Resolver {
  let current = create();
  let madeAt = performance.now();
  return (hostname) => {
    if (performance.now() - madeAt > maxAgeMs) {
      current = create();
      madeAt = performance.now();
    }
    return current(hostname);
  };
}

/**
 * Asks these name servers (`address` or `address:port`; default: those of the operating system at this time) for A and AAAA at
 * once, and nobody else: neither the `hosts` file nor a search list has a say. A family without an answer is left out when the
 * other has one. A server that is silent is asked twice, 2 s each.
 *
 * @throws {TypeError} when a server is not written as an address.
 */
export function createDnsResolver(servers: readonly string[] = []): Resolver {
  const client = new NameServerClient({ timeout: 2_000, tries: 2 });
  if (servers.length > 0) client.setServers(servers);
  return async (hostname) => {
    const families = await Promise.allSettled([
      client.resolve4(hostname).then((found) => found.map(of(4))),
      client.resolve6(hostname).then((found) => found.map(of(6))),
    ]);
    const addresses = families.flatMap((found) => (found.status === 'fulfilled' ? found.value : []));
    const failure = families.find((found) => found.status === 'rejected');
    if (addresses.length === 0 && failure !== undefined) throw failure.reason;
    return addresses;
  };
}

const of =
  (family: 4 | 6) =>
  (address: string): ResolvedAddress => ({ address, family });
