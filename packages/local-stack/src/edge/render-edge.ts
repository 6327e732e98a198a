import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join, relative } from 'node:path';
import type { CertificateFiles } from '../tls/stack-tls.ts';
import { renderTemplate } from './render-template.ts';

/** What the edge of a local stack is made from. */
export interface EdgeOptions {
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly tls: CertificateFiles;
  readonly accessLogFile: string;
  /** UDP port on 127.0.0.1 of the exporter that counts answers. Without it they are not counted. */
  readonly outcomesPort?: number;
  /** `host:port` of every replica. */
  readonly authServers: readonly string[];
  readonly policyServers: readonly string[];
  readonly proxyServers: readonly string[];
  /** Base URL of provider-simulator; without it `/v1/faults` does not exist. */
  readonly simulatorUrl?: string;
  /** Addresses and networks of proxies ahead of the edge, as `parseTrustedProxies` gives them. Default none. */
  readonly trustedProxies?: readonly string[];
  /** Base URL that requests over plain HTTP are sent to. Without it they are served. */
  readonly redirectPlainHttpTo?: string;
  /** `isStandIn`: a build without the FastCGI, uwsgi and SCGI modules. */
  readonly nginx: { readonly version: string; readonly isStandIn: boolean };
}

/**
 * Renders the templates of `source` (the repository's `nginx/`) into `target`, which is also nginx's prefix: every path in
 * the configuration is relative to it, so that no character of the path to the clone needs quoting.
 *
 * @returns the main configuration file
 */
export function renderEdge(source: string, target: string, options: EdgeOptions): string {
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, { recursive: true });
  mkdirSync(join(target, 'temp'));
  const values = edgeValues(target, options);
  for (const file of globSync(join(target, '**/*.template'))) {
    writeFileSync(file.replace(/\.template$/, ''), renderTemplate(readFileSync(file, 'utf8'), values));
    rmSync(file);
  }
  return join(target, 'nginx.conf');
}

function edgeValues(prefix: string, options: EdgeOptions): Record<string, string> {
  const { httpPort, httpsPort, tls, simulatorUrl, redirectPlainHttpTo } = options;
  return {
    EDGE_MAIN: `pid nginx.pid;${runsAsRoot() ? ' user root;' : ''}`,
    EDGE_WORKERS: '2',
    EDGE_TEMP_PATHS: temporaryPaths(options.nginx.isStandIn),
    EDGE_RESOLVER: '',
    EDGE_LISTEN: listenDirectives(httpPort, httpsPort, options.nginx.version).join('\n    '),
    EDGE_TLS_CERTIFICATE: relative(prefix, tls.certificateFile),
    EDGE_TLS_KEY: relative(prefix, tls.privateKeyFile),
    EDGE_ACCESS_LOG: relative(prefix, options.accessLogFile),
    EDGE_OUTCOME_LOG: outcomeLog(options.outcomesPort),
    EDGE_AUTH_SERVERS: servers(options.authServers),
    EDGE_POLICY_SERVERS: servers(options.policyServers),
    EDGE_PROXY_SERVERS: servers(options.proxyServers),
    EDGE_TRUSTED_PROXIES: trust(options.trustedProxies ?? []),
    EDGE_FAULT_ROUTES: simulatorUrl === undefined ? '' : 'include edge/fault-routes.conf;',
    EDGE_SIMULATOR_URL: simulatorUrl ?? '',
    EDGE_PLAIN_HTTP: redirectPlainHttpTo === undefined ? '' : 'include edge/redirect-plain-http.conf;',
    EDGE_PUBLIC_URL: redirectPlainHttpTo ?? '',
    EDGE_HSTS: '',
    EDGE_BODY_BYTES_MAX: '1048576',
    EDGE_REQUESTS_PER_SECOND: '100',
    EDGE_REQUESTS_BURST: '200',
    EDGE_CONNECTIONS_PER_ADDRESS: '256',
  };
}

function outcomeLog(port: number | undefined): string {
  if (port === undefined) return '';
  return `access_log syslog:server=127.0.0.1:${port},nohostname,tag=edge outcome;`;
}

/** The workers of nginx's usual user could not enter a clone that only root can. */
function runsAsRoot(): boolean {
  return process.getuid?.() === 0;
}

function temporaryPaths(isReducedBuild: boolean): string {
  const modules = ['client_body', 'proxy', ...(isReducedBuild ? [] : ['fastcgi', 'uwsgi', 'scgi'])];
  return modules.map((module) => `${module}_temp_path temp/${module};`).join('\n  ');
}

/** From nginx 1.25.1 HTTP/2 is a directive of its own, and the parameter of `listen` warns at every start. */
function listenDirectives(httpPort: number, httpsPort: number, nginxVersion: string): string[] {
  const [major = 0, minor = 0, patch = 0] = nginxVersion.split('.').map(Number);
  const hasDirective = major * 1e6 + minor * 1e3 + patch >= 1_025_001;
  return [
    ...listens(httpPort, ''),
    ...listens(httpsPort, hasDirective ? ' ssl' : ' ssl http2'),
    ...(hasDirective ? ['http2 on;'] : []),
  ];
}

/** Both loopback addresses; a machine without IPv6 has the first alone. */
function listens(port: number, flags: string): string[] {
  const addresses = ['127.0.0.1', ...(hasLoopback6() ? ['[::1]'] : [])];
  return addresses.map((address) => `listen ${address}:${port}${flags};`);
}

function hasLoopback6(): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((address) => address?.address === '::1');
}

/** A replica that could not be connected to is left alone for two seconds. */
function servers(addresses: readonly string[]): string {
  return addresses.map((address) => `server ${address} max_fails=1 fail_timeout=2s;`).join('\n  ');
}

function trust(proxies: readonly string[]): string {
  return proxies.map((proxy) => `set_real_ip_from ${proxy};`).join('\n');
}
