import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { isPublicAddress } from './address.ts';
import { ForbiddenTargetError } from './forbidden-target-error.ts';
import type { ResolvedAddress, Resolver } from './resolver.ts';
import { type Route, routeOf, type TargetRules } from './target.ts';

export interface GuardedConnectorOptions extends TargetRules {
  readonly resolve: Resolver;
  /** For the operator's exceptions. */
  readonly resolveAllowed: Resolver;
  readonly connectTimeoutMs: number;
  /** PEM of the authority behind overridden hosts. */
  readonly overrideCa: string | undefined;
}

/**
 * Opens every connection of a guarded dispatcher. It judges the target once more from scratch, so that nothing reaches
 * the network past it; a name is looked up once, and the socket connects to the very addresses that were vetted. TLS
 * and the `Host` header go by the name in the URL throughout.
 */
export function createGuardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const settings = { timeout: options.connectTimeoutMs, allowH2: false };
  const ca = options.overrideCa === undefined ? {} : { ca: options.overrideCa };
  const connectors: Record<Route['kind'], buildConnector.connector> = {
    public: buildConnector({ ...settings, lookup: vettingLookup(options.resolve) }),
    allowed: buildConnector({ ...settings, lookup: plainLookup(options.resolveAllowed) }),
    overridden: buildConnector({ ...settings, ...ca }),
  };

  return (request, callback) => {
    try {
      const { kind, target } = routeOf(urlOf(request), options);
      connectors[kind](kind === 'overridden' ? redirected(request, target) : request, callback);
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null);
    }
  };
}

function urlOf({ protocol, hostname, port }: buildConnector.Options): URL {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return new URL(`${protocol}//${host}${port === '' ? '' : `:${port}`}`);
}

/** The same request at another server; `servername` keeps the certificate check at the name that was asked for. */
function redirected(request: buildConnector.Options, target: Route['target']): buildConnector.Options {
  const servername = request.servername ?? request.hostname;
  return { ...request, servername, hostname: unbracketed(target.hostname), port: String(target.port) };
}

function unbracketed(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** Refuses the whole name when any of its addresses is not public: which one would be used is not ours to gamble on. */
function vettingLookup(resolve: Resolver): LookupFunction {
  return lookupBy(async (hostname) => {
    const addresses = await resolve(hostname);
    const forbidden = addresses.find(({ address }) => !isPublicAddress(address));
    if (forbidden !== undefined) throw new ForbiddenTargetError('address', forbidden.address);
    return addresses;
  });
}

function plainLookup(resolve: Resolver): LookupFunction {
  return lookupBy(resolve);
}

function lookupBy(resolve: Resolver): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) callback(noAddress(hostname), '');
        else if (options.all === true) callback(null, addresses.map(copyOf));
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}

const copyOf = ({ address, family }: ResolvedAddress): { address: string; family: number } => ({
  address,
  family,
});

function noAddress(hostname: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`no address of ${hostname}`), { code: 'ENOTFOUND' });
}
