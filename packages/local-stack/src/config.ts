import { resolve } from 'node:path';
import { parseTrustedProxies } from './edge/trusted-proxies.ts';

/** What the stack takes from the environment it is started in: nothing else reaches a service. */
export interface StackEnvironment {
  /** `mock` points adapters at provider-simulator, `live` at the providers. */
  readonly upstreamMode: 'mock' | 'live';
  /** Proxies ahead of the edge: `EDGE_TRUSTED_PROXIES`. */
  readonly trustedProxies: readonly string[];
  /** Variables that are handed on to every service as they are. */
  readonly handedOn: Readonly<Record<string, string>>;
}

/**
 * Feature flags, faults, telemetry, how signing keys rotate, limits and nonces of the token endpoint, and what the adapters
 * need to speak to the providers themselves.
 */
const handedOnNames =
  /^(FF_\w+|FAULT_SEED|FAULTS_FILE|OTEL_\w+|LOG_LEVEL|SIGNING_KEY_\w+|TOKEN_RATE_\w+|DPOP_NONCE|HTTP_FETCH_ALLOW_HOSTS|SERPAPI_\w+|OPENAI_\w+|GMAIL_\w+)$/;

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
    if (value === undefined || value === '' || !handedOnNames.test(name)) continue;
    // A service runs in a folder of its own, where a relative path would mean another file.
    handedOn[name] = name === 'FAULTS_FILE' ? resolve(value) : value;
  }
  return {
    upstreamMode,
    trustedProxies: parseTrustedProxies(environment.EDGE_TRUSTED_PROXIES ?? ''),
    handedOn,
  };
}

/** Folder that a command was called from: npm itself changes to the root of the repository, and names that folder. */
export function callersFolder(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  return environment.INIT_CWD || process.cwd();
}
