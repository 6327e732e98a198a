import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

type AddressedRequest = Pick<Request, 'get' | 'socket'>;

/** Address that a request came from, whole: for logs. */
export function originAddress(request: AddressedRequest): string {
  return readAddress(request)?.toString() ?? 'unknown';
}

/**
 * Address that a request is counted under: the one that the edge saw, else that of the connection. An IPv6 network of 64 bits
 * is one address, because whoever has one address of it has them all. `undefined` on this machine itself, which is exempt.
 */
export function clientAddress(request: AddressedRequest): string | undefined {
  const address = readAddress(request);
  if (address === undefined) return 'unknown';
  if (address.range() === 'loopback') return undefined;
  return address instanceof ipaddr.IPv6 ? networkOf(address) : address.toString();
}

/** The one that the edge saw, else that of the connection. */
function readAddress(request: AddressedRequest): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const seenByEdge = request.get('x-forwarded-for');
  const given = [seenByEdge, request.socket.remoteAddress].find(
    (address) => address !== undefined && ipaddr.isValid(address),
  );
  return given === undefined ? undefined : ipaddr.process(given);
}

function networkOf({ parts }: ipaddr.IPv6): string {
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
