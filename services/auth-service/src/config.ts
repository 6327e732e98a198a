import { clientIdSchema } from '@4runr/contracts/token';
import {
  base64Bytes,
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  json,
  loadConfig,
  setting,
  text,
  url,
} from '@4runr/service-kit/config';
import * as z from 'zod';

/** Well known, so it protects nothing: good for trying the service out, refused in production. */
const developmentKek = Buffer.from('4runr development KEK: no secret').toString('base64');

/** Every setting of the service; the README's table is made of it. */
export const settings = {
  ...baseSettings(4001),
  databaseUrl: setting('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    about: 'Postgres; the schema `auth` in it is this service’s own',
  }),
  redisUrl: setting('REDIS_URL', url('redis', 'rediss'), {
    secret: true,
    about: 'state Redis: used client assertions',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    about: 'issuer and audience of access tokens, and the base of the URLs in the metadata',
  }),
  kek: setting('KEK_BASE64', base64Bytes(32), {
    default: developmentKek,
    secret: true,
    requiredInProduction: true,
    about: 'key-encryption key of the secrets in the database: 32 bytes in base64',
  }),
  operatorClientId: setting('OPERATOR_CLIENT_ID', text(), {
    default: '',
    about: 'client id of the operator who is enrolled at the first start; empty enrols nobody',
  }),
  operatorJwks: setting(
    'OPERATOR_JWKS',
    json(z.object({ keys: z.array(z.record(z.string(), z.unknown())) })),
    {
      default: '{"keys":[]}',
      about: 'public keys of that operator: a JWK Set',
    },
  ),
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
  if (config.environment === 'production' && config.kek.toString('base64') === developmentKek) {
    faults.push('KEK_BASE64 is the development key, which protects nothing');
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
