import { lookup, Resolver as NameServerClient } from 'node:dns/promises';

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Finds every address of a name. Rejects with an `ENOTFOUND`-like error when there is none. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>;

/** The operating system's resolver (`getaddrinfo`), in the order in which it ranks addresses (RFC 6724). */
export const systemResolver: Resolver = async (hostname) => {
  const addresses = await lookup(hostname, { all: true, order: 'verbatim' });
  return addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/**
 * Asks these name servers (`address` or `address:port`) for A and AAAA at once, and nobody else: neither the `hosts` file
 * nor a search list has a say. A family without an answer is left out when the other has one. A server that is silent is
 * asked twice, 2 s each.
 *
 * @throws {TypeError} when a server is not written as an address.
 */
export function createDnsResolver(servers: readonly string[]): Resolver {
  const client = new NameServerClient({ timeout: 2_000, tries: 2 });
  client.setServers(servers);
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
