import {
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  flag,
  forwardedBodyBytesMax,
  httpsInProduction,
  list,
  loadConfig,
  port,
  type Setting,
  setting,
  text,
  url,
} from '@4runr/service-kit/config';
import { dpopSettings } from '@4runr/service-kit/dpop';
import { redisUrl } from '@4runr/service-kit/redis';
import * as z from 'zod';

export const settings = {
  ...baseSettings(4020, { bodyBytesMax: forwardedBodyBytesMax }),
  tlsPort: setting('TLS_PORT', port(), { default: '4021', about: 'TCP port of the HTTPS listener' }),
  tlsCertFile: setting('TLS_CERT_FILE', text(), {
    default: '',
    about: 'PEM file of the certificate chain; empty starts no HTTPS listener',
  }),
  tlsKeyFile: setting('TLS_KEY_FILE', text(), {
    default: '',
    about: 'PEM file of the private key of the certificate',
  }),
  providersFiles: setting('PROVIDERS_FILES', list(), {
    default: '',
    about:
      'JSON files of further providers to play (`simulated-provider.json` of their adapters), separated by commas',
  }),
  upstreamMode: setting('UPSTREAM_MODE', z.enum(['mock', 'live']), {
    default: 'mock',
    about: '`mock` or `live`: whether the adapters speak to this service; faults exist in `mock` alone',
  }) as Setting<'mock' | 'live'>,
  chaosEnabled: setting('FF_CHAOS', flag(), {
    default: 'off',
    about: '`on` lets operators set faults, by `/v1/faults` and by `FAULTS_FILE`',
  }),
  faultsFile: setting('FAULTS_FILE', text(), {
    default: '',
    about: 'JSON file of the faults that are set at the start; empty sets none',
  }),
  faultSeed: setting('FAULT_SEED', text(), {
    default: '1',
    about: 'decides, with the order of requests alone, which of them a fault hits',
  }),
  publicUrl: setting('PUBLIC_URL', z.union([z.literal(''), url('https', 'http')]), {
    default: '',
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of operators’ access tokens; needed with `FF_CHAOS=on`',
  }),
  authServiceUrl: setting('AUTH_SERVICE_URL', z.union([z.literal(''), url('http', 'https')]), {
    default: '',
    about: 'base URL of auth-service, for the keys of those tokens; needed with `FF_CHAOS=on`',
  }),
  redisUrl: setting('REDIS_URL', z.union([z.literal(''), redisUrl()]), {
    default: '',
    secret: true,
    about:
      'state Redis, for revocations of those tokens and used DPoP proofs; needed with `FF_CHAOS=on`; several hosts separated by commas are a Redis Cluster',
  }),
  ...dpopSettings(),
};

export type SimulatorConfig = ConfigOf<typeof settings>;

/**
 * Reads the settings.
 *
 * @throws ConfigError naming every fault; also when something that faults need is missing, or is given in vain
 */
export function readConfig(environment: Environment = process.env): SimulatorConfig {
  const config = loadConfig(settings, environment);
  const wrong = canFault(config) ? missingForFaults(config) : givenInVain(config);
  if (wrong.length > 0) throw new ConfigError(wrong);
  return config;
}

/** Whether there can be faults at all. */
export function canFault({ upstreamMode, chaosEnabled }: SimulatorConfig): boolean {
  return upstreamMode === 'mock' && chaosEnabled;
}

function missingForFaults(config: SimulatorConfig): string[] {
  return (['publicUrl', 'authServiceUrl', 'redisUrl'] as const)
    .filter((name) => config[name] === '')
    .map((name) => `${settings[name].env} is required: ${settings[name].about}`);
}

function givenInVain({ faultsFile }: SimulatorConfig): string[] {
  return faultsFile === '' ? [] : ['FAULTS_FILE is set, but faults need FF_CHAOS=on and UPSTREAM_MODE=mock'];
}
