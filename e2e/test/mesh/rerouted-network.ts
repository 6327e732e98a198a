import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';
import { Socket, type TcpNetConnectOpts } from 'node:net';
import tls from 'node:tls';

export interface Reroute {
  /** Port on this machine that plays port 80 of every host. */
  readonly http: number;
  /** Port on this machine that plays port 443 of every host. */
  readonly https: number;
  /** PEM of the authority that is trusted besides the public ones. */
  readonly ca: string;
}

/** A public address, so that the egress guard has nothing against the host. */
const publicAddress = { address: '93.184.215.14', family: 4 };

/**
 * Leads what this process would send to web servers of whatever host to two listeners of this machine, as a name server and a
 * router could: host, SNI and certificate checks are those of the real thing.
 *
 * @returns what undoes it
 */
export function rerouteNetwork({ http, https, ca }: Reroute): () => void {
  const { lookup } = dns;
  const { connect } = Socket.prototype;
  const trusted = tls.getCACertificates('default');
  const ports = new Map<unknown, number>([
    [80, http],
    ['80', http],
    [443, https],
    ['443', https],
  ]);

  dns.lookup = (async () => [publicAddress]) as unknown as typeof lookup;
  Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
    const options = optionsOf(args);
    const port = ports.get(options.port);
    if (port !== undefined) Object.assign(options, { host: '127.0.0.1', port });
    return Reflect.apply(connect, this, args);
  } as typeof connect;
  tls.setDefaultCACertificates([...trusted, ca]);
  syncBuiltinESMExports();

  return () => {
    dns.lookup = lookup;
    Socket.prototype.connect = connect;
    tls.setDefaultCACertificates(trusted);
    syncBuiltinESMExports();
  };
}

/** Of a call of `Socket.connect`, whose first argument may already be the list of its arguments. */
function optionsOf([first]: unknown[]): Partial<TcpNetConnectOpts> {
  const options: unknown = Array.isArray(first) ? first[0] : first;
  return typeof options === 'object' && options !== null ? options : {};
}
