import { resolve } from 'node:path';
import { parseTrustedProxies } from './edge/trusted-proxies.ts';
import { adapterDeclarations } from './services/read-adapter-declarations.ts';

/** What the stack takes from the environment it is started in: nothing else reaches a service. */
export interface StackEnvironment {
  /** `mock` points adapters at provider-simulator, `live` at the providers. */
  readonly upstreamMode: 'mock' | 'live';
  /** Proxies ahead of the edge: `EDGE_TRUSTED_PROXIES`. */
  readonly trustedProxies: readonly string[];
  /** Variables that are handed on as they are; those of an adapter to it alone, see {@link handedOnTo}. */
  readonly handedOn: Readonly<Record<string, string>>;
}

/** Feature flags, faults, telemetry, how signing keys rotate, limits and nonces of the token endpoint, jobs, how often quotas are compared. */
const handedOnNames =
  /^(FF_\w+|FAULT_SEED|FAULTS_FILE|OTEL_\w+|LOG_LEVEL|SIGNING_KEY_\w+|TOKEN_RATE_\w+|DPOP_NONCE|JOBS?_(?!\w*KEY)\w+|QUOTA_COMPARISON_SECONDS)$/;

/** What the names of adapters' own variables begin with: what they need to speak to the providers themselves. */
const adapterPrefixes = adapterDeclarations.map(({ settings }) => settings);

const prefixOf = (name: string): string | undefined =>
  adapterPrefixes.find((prefix) => name.startsWith(prefix));

/**
 * Picks the stack's settings out of an environment.
 *
 * @throws Error when `UPSTREAM_MODE` is neither `mock` nor `live`, and for `EDGE_TRUSTED_PROXIES` that are none
 */
export function readStackEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): StackEnvironment {
  const upstreamMode = environment.UPSTREAM_MODE || 'mock';
  if (upstreamMode !== 'mock' && upstreamMode !== 'live')
    throw new Error(`UPSTREAM_MODE is "${upstreamMode}": it must be mock or live`);
  const handedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '') continue;
    if (!handedOnNames.test(name) && prefixOf(name) === undefined) continue;
    // A service runs in a folder of its own, where a relative path would mean another file.
    handedOn[name] = name === 'FAULTS_FILE' ? resolve(value) : value;
  }
  // Not `NODE_OPTIONS`, which is for the program that starts the stack, and may be an editor's that attaches to it.
  if (environment.SERVICE_NODE_OPTIONS) handedOn.NODE_OPTIONS = environment.SERVICE_NODE_OPTIONS;
  return {
    upstreamMode,
    trustedProxies: parseTrustedProxies(environment.EDGE_TRUSTED_PROXIES ?? ''),
    handedOn,
  };
}

/**
 * The variables that a service gets of those that are handed on: a credential of one adapter is no other service's.
 *
 * @param settings what the names of the service's own variables begin with
 */
export function handedOnTo(
  settings: string | undefined,
  handedOn: StackEnvironment['handedOn'],
): Readonly<Record<string, string>> {
  const fits = ([name]: [string, string]) => [undefined, settings].includes(prefixOf(name));
  return Object.fromEntries(Object.entries(handedOn).filter(fits));
}

/** Folder that a command was called from: npm itself changes to the root of the repository, and names that folder. */
export function callersFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return environment.INIT_CWD || process.cwd();
}
