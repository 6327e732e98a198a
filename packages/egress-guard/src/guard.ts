import { Agent, type Dispatcher, request } from 'undici';
import { createGuardedConnector } from './guarded-connector.ts';
import { HostExceptions, type HostOverride } from './host-exceptions.ts';
import { createWebResolver, type Resolver, systemResolver } from './resolver.ts';
import { routeOf } from './target.ts';

export interface EgressGuardOptions {
  /** Ports that may be reached. Default: 80 and 443. */
  readonly ports?: readonly number[];
  /** The operator's exceptions, each `host:port`: neither port nor address is judged there. Default: none. */
  readonly allowHosts?: readonly string[];
  /** Hosts that are served by a fixed server. Every other host is treated as if there were no override. */
  readonly override?: HostOverride;
  /** Default: `createWebResolver()`, and the operating system's own for the exceptions of `allowHosts`. */
  readonly resolve?: Resolver;
  /** Longest time for look-up, TCP and TLS together, in milliseconds. Default: 5000. */
  readonly connectTimeoutMs?: number;
  /** Most connections to one origin. Default: 32. */
  readonly connectionsPerOriginMax?: number;
}

export interface EgressRequestOptions {
  readonly method: Dispatcher.HttpMethod;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly signal?: AbortSignal;
}

export interface EgressGuard {
  /**
   * Judges what can be seen of a target without a look-up.
   *
   * @throws {ForbiddenTargetError}
   */
  check(url: URL): void;
  /**
   * Makes one exchange. A redirect is an answer like any other: whoever follows it makes another request, which is
   * judged like the first. Rejects with {@link ForbiddenTargetError} when nothing was sent because the target is
   * forbidden, else with undici's errors.
   */
  request(url: URL, options: EgressRequestOptions): Promise<Dispatcher.ResponseData>;
  /** For clients that bring their own request function; every connection that it opens is judged. */
  readonly dispatcher: Dispatcher;
  /** Ends idle connections at once and waits for exchanges under way. */
  close(): Promise<void>;
}

const defaults = { ports: [80, 443], connectTimeoutMs: 5000, connectionsPerOriginMax: 32 } as const;

/** Longest life of a connection, however much it is used: then its name is looked up and judged anew. */
const connectionTtlMs = 30_000;

/**
 * Makes outgoing connections that cannot be turned against the private network. Proxy variables of the environment have
 * no influence.
 *
 * @throws {TypeError} when an exception of the operator is malformed.
 */
export function createEgressGuard(options: EgressGuardOptions = {}): EgressGuard {
  const rules = {
    ports: new Set(options.ports ?? defaults.ports),
    exceptions: new HostExceptions(options.allowHosts ?? [], options.override),
  };
  const dispatcher = new Agent({
    connect: createGuardedConnector({
      ...rules,
      resolve: options.resolve ?? createWebResolver(),
      resolveAllowed: options.resolve ?? systemResolver,
      connectTimeoutMs: options.connectTimeoutMs ?? defaults.connectTimeoutMs,
      overrideCa: options.override?.ca,
    }),
    connections: options.connectionsPerOriginMax ?? defaults.connectionsPerOriginMax,
    allowH2: false,
    pipelining: 1,
    clientTtl: connectionTtlMs,
  });

  return {
    dispatcher,
    check: (url) => {
      routeOf(url, rules);
    },
    request: async (url, requestOptions) => {
      routeOf(url, rules);
      return orAborted(request(url, { ...requestOptions, dispatcher }), requestOptions.signal);
    },
    close: () => dispatcher.close(),
  };
}

/** undici heeds a signal only once a connection is there; a caller that gives up while it is being made must not wait. */
function orAborted<T>(exchange: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return exchange;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    exchange.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
