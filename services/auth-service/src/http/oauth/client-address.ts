import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * Address that a request is counted under: the one that the edge saw, else that of the connection. An IPv6 network of 64 bits
 * is one address, because whoever has one address of it has them all. `undefined` on this machine itself, which is exempt.
 */
export function clientAddress(request: Pick<Request, 'get' | 'socket'>): string | undefined {
  const seenByEdge = request.get('x-forwarded-for');
  const given = [seenByEdge, request.socket.remoteAddress].find(
    (address) => address !== undefined && ipaddr.isValid(address),
  );
  if (given === undefined) return 'unknown';
  const address = ipaddr.process(given);
  if (address.range() === 'loopback') return undefined;
  return address instanceof ipaddr.IPv6 ? networkOf(address) : address.toString();
}

function networkOf({ parts }: ipaddr.IPv6): string {
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
