import { clientIdSchema } from '@4runr/contracts/token';
import {
  base64Bytes,
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  httpsInProduction,
  integer,
  json,
  list,
  loadConfig,
  setting,
  text,
  url,
} from '@4runr/service-kit/config';
import { dpopSettings } from '@4runr/service-kit/dpop';
import { schemaSettings } from '@4runr/service-kit/postgres';
import { redisUrl } from '@4runr/service-kit/redis';
import * as z from 'zod';
import { tokenRateSettings } from './token-rate-limits.ts';

/** Well known, so it protects nothing: good for trying the service out, refused in production. */
const developmentKek = Buffer.from('4runr development KEK: no secret').toString('base64');

/** In production: replicas follow within a second, and verifiers that keep keys for half of it still read them seldom. */
const publishSecondsMin = 10;

const jwks = json(z.object({ keys: z.array(z.record(z.string(), z.unknown())) }));

/** Every setting of the service; the README's table is made of it. */
export const settings = {
  ...baseSettings(4001),
  databaseUrl: setting('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    about: 'Postgres; the schema `auth` in it is this service’s own',
  }),
  ...schemaSettings,
  redisUrl: setting('REDIS_URL', redisUrl(), {
    secret: true,
    about:
      'state Redis: revocations, used client assertions and DPoP proofs, rate limits; several hosts separated by commas are a Redis Cluster',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of access tokens, and the base of the URLs in the metadata',
  }),
  ...dpopSettings(),
  ...tokenRateSettings,
  kek: setting('KEK_BASE64', base64Bytes(32), {
    default: developmentKek,
    secret: true,
    isDefaultPublic: true,
    shortFileEnv: 'KEK_FILE',
    about: 'key-encryption key of the secrets in the database: 32 bytes in base64',
  }),
  acceptedKeks: setting('KEK_ACCEPTED_BASE64', list().pipe(z.array(base64Bytes(32))), {
    default: '',
    secret: true,
    shortFileEnv: 'KEK_ACCEPTED_FILE',
    about: 'further keys that open what they have encrypted, separated by commas: for a change of the KEK',
  }),
  signingKeyPublishSeconds: setting('SIGNING_KEY_PUBLISH_SECONDS', integer(0, 604_800), {
    default: '600',
    about:
      'how long a signing key is published before it signs: twice as long as verifiers keep keys; in production at least 10',
    unfitForProduction: (seconds) =>
      seconds < publishSecondsMin
        ? `is less than ${publishSecondsMin}: verifiers would not know a key in time`
        : undefined,
  }),
  signingKeyRotationDays: setting('SIGNING_KEY_ROTATION_DAYS', integer(0, 3_650), {
    default: '30',
    about: 'how long a signing key signs; 0 leaves its rotation to commands',
  }),
  operatorClientId: setting('OPERATOR_CLIENT_ID', text(), {
    default: '',
    about: 'client id of the operator who is enrolled at the first start; empty enrols nobody',
  }),
  operatorJwks: setting('OPERATOR_JWKS', jwks, {
    default: '{"keys":[]}',
    mayBeFile: true,
    about: 'public keys of that operator: a JWK Set',
  }),
  policyFilesJwks: setting('POLICY_FILES_JWKS', jwks, {
    default: '{"keys":[]}',
    mayBeFile: true,
    about:
      'public keys of the operator `policy-files`, which applies policy files at deployment and may do nothing else: a JWK Set; enrolled where there is none yet',
  }),
};

export type AuthConfig = ConfigOf<typeof settings>;

/**
 * Reads the settings.
 *
 * @throws ConfigError naming every fault; in production also for the development KEK given by hand
 */
export function readConfig(environment: Environment = process.env): AuthConfig {
  const config = loadConfig(settings, environment);
  const faults: string[] = [];
  if (config.environment === 'production' && config.acceptedKeks.some(isDevelopmentKek)) {
    faults.push('KEK_ACCEPTED_BASE64 holds the development key, which protects nothing');
  }
  const hasKeys = config.operatorJwks.keys.length > 0;
  if ((config.operatorClientId !== '') !== hasKeys) {
    faults.push('OPERATOR_CLIENT_ID and OPERATOR_JWKS go together: set both or neither');
  }
  if (config.operatorClientId !== '' && !clientIdSchema.safeParse(config.operatorClientId).success) {
    faults.push('OPERATOR_CLIENT_ID is not 1 to 256 printable ASCII characters');
  }
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function isDevelopmentKek(key: Buffer): boolean {
  return key.toString('base64') === developmentKek;
}

/** What of the settings migrations need. @throws ConfigError */
export const readMigrationConfig = (environment: Environment = process.env) =>
  loadConfig({ databaseUrl: settings.databaseUrl, logLevel: settings.logLevel }, environment);
