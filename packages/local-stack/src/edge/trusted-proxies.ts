import { isIP } from 'node:net';

/**
 * Reads `EDGE_TRUSTED_PROXIES`: addresses and networks (`10.1.0.0/16`), separated by commas, of the proxies ahead of the edge.
 * A network of everybody is refused, because then every client could choose the address that it is counted under.
 *
 * @throws Error naming what is neither an address nor a network
 */
export function parseTrustedProxies(text: string): readonly string[] {
  const proxies = text
    .split(',')
    .map((proxy) => proxy.trim())
    .filter((proxy) => proxy !== '');
  const fault = proxies.find((proxy) => !isAddressOrNetwork(proxy));
  if (fault === undefined) return proxies;
  throw new Error(
    `EDGE_TRUSTED_PROXIES holds "${fault}": it must be an address, or a network such as 10.1.0.0/16`,
  );
}

function isAddressOrNetwork(text: string): boolean {
  const [, address = '', prefix] = /^([\da-f.:]+)(?:\/([1-9]\d{0,2}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  return version !== 0 && (prefix === undefined || Number(prefix) <= (version === 4 ? 32 : 128));
}
