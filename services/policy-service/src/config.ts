import {
  auditBacklogSetting,
  base64Bytes,
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  flag,
  forwardedBodyBytesMax,
  httpsInProduction,
  integer,
  list,
  loadConfig,
  setting,
  url,
} from '@4runr/service-kit/config';
import { dpopSettings } from '@4runr/service-kit/dpop';
import { schemaSettings } from '@4runr/service-kit/postgres';
import { redisUrl } from '@4runr/service-kit/redis';
import * as z from 'zod';

/** Well known, so it protects nothing: good for trying the service out, refused in production. */
const developmentAuditKey = Buffer.from('4runr development audit key.....').toString('base64');

/** Every setting of the service; the README's table is made of it. */
export const settings = {
  ...baseSettings(4002, { bodyBytesMax: forwardedBodyBytesMax }),
  databaseUrl: setting('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    about: 'Postgres; the schema `policy` in it is this service’s own',
  }),
  ...schemaSettings,
  auditReadDatabaseUrl: setting('AUDIT_READ_DATABASE_URL', url('postgres', 'postgresql').or(z.literal('')), {
    default: '',
    secret: true,
    about:
      'streaming replica of that Postgres, by the same role, which answers `GET /v1/audit` and the reading of calls for replays; empty: the primary does',
  }),
  auditReadLagSecondsMax: setting('AUDIT_READ_LAG_SECONDS_MAX', integer(1, 86_400), {
    default: '10',
    about: 'a replica that lags further behind is not asked, but the primary, in seconds',
  }),
  redisUrl: setting('REDIS_URL', redisUrl(), {
    secret: true,
    about:
      'state Redis: quotas and decisions, revocations, used DPoP proofs, and the streams of the audit trail; several hosts separated by commas are a Redis Cluster',
  }),
  publicUrl: setting('PUBLIC_URL', url('https', 'http'), {
    unfitForProduction: httpsInProduction,
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
  auditBacklogMax: auditBacklogSetting(),
  quotaComparisonSeconds: setting('QUOTA_COMPARISON_SECONDS', integer(1, 86_400), {
    default: '60',
    about: 'pause between two rounds in which counts of quotas are compared with the audit trail, in seconds',
  }),
  auditKey: setting('AUDIT_KEY_BASE64', base64Bytes(32), {
    default: developmentAuditKey,
    secret: true,
    isDefaultPublic: true,
    about: 'encrypts what may be personal in the audit trail: 32 bytes in base64, the same for every replica',
  }),
  acceptedAuditKeys: setting('AUDIT_KEY_ACCEPTED_BASE64', list().pipe(z.array(base64Bytes(32))), {
    default: '',
    secret: true,
    about: 'earlier keys that open what they have encrypted, separated by commas',
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

/** What of the settings migrations need. @throws ConfigError */
export const readMigrationConfig = (environment: Environment = process.env) =>
  loadConfig({ databaseUrl: settings.databaseUrl, logLevel: settings.logLevel }, environment);
