import {
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  flag,
  forwardedBodyBytesMax,
  integer,
  loadConfig,
  setting,
  url,
} from '@4runr/service-kit/config';
import { dpopSettings } from '@4runr/service-kit/dpop';

/** Every setting of the service; the README's table is made of it. */
export const settings = {
  ...baseSettings(4002, { bodyBytesMax: forwardedBodyBytesMax }),
  databaseUrl: setting('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    about: 'Postgres; the schema `policy` in it is this service’s own',
  }),
  redisUrl: setting('REDIS_URL', url('redis', 'rediss'), {
    secret: true,
    about: 'state Redis: revocations, used DPoP proofs, and the streams of the audit trail',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    about: 'issuer and audience of operators’ access tokens',
  }),
  ...dpopSettings(),
  authServiceUrl: setting('AUTH_SERVICE_URL', url('http', 'https'), {
    about: 'base URL of auth-service, for the keys of operators’ access tokens',
  }),
  decisionPointUrl: setting('POLICY_DECISION_POINT_URL', url('http', 'https'), {
    default: 'http://127.0.0.1:4002',
    about: 'base URL that the mesh knows this service by; only shown in `/.well-known/authzen-configuration`',
  }),
  auditRetentionDays: setting('AUDIT_RETENTION_DAYS', integer(1, 36_500), {
    default: '400',
    about: 'how long the audit trail is kept, in days; it is dropped by whole months',
  }),
  policyEnabled: setting('FF_POLICY', flag(), {
    default: 'on',
    about: '`off` allows every call; refused in production',
  }),
};

export type PolicyConfig = ConfigOf<typeof settings>;

/**
 * Reads the settings.
 *
 * @throws ConfigError naming every fault; in production also when policies are switched off
 */
export function readConfig(environment: Environment = process.env): PolicyConfig {
  const config = loadConfig(settings, environment);
  if (config.environment === 'production' && !config.policyEnabled) {
    throw new ConfigError(['FF_POLICY must not be off in production: every call would be allowed']);
  }
  return config;
}
