import ipaddr from 'ipaddr.js';

/** Global unicast (RFC 4291 section 2.4): whatever lies outside is unassigned, local, mapped or translated. */
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3');

/** Services that a cloud offers to its own machines at addresses that look public: Azure's WireServer. */
const cloudServiceAddresses = new Set(['168.63.129.16']);

/**
 * Whether an address, as a resolver or `URL` writes it, belongs to the public internet. Everything that the registries
 * of special-purpose addresses (RFC 6890) set apart is not: private, loopback, link-local (with the clouds' metadata),
 * carrier-grade NAT, multicast, benchmark, documentation, and the forms of IPv6 that carry an IPv4 address. Text that is
 * no address is not public either.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (address.kind() === 'ipv4') return !cloudServiceAddresses.has(address.toString());
  return address.match(globalUnicast);
}
