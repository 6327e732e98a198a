import { revocationLifeSecondsMax } from '@4runr/contracts/revocation';
import {
  auditBacklogSetting,
  base64Bytes,
  baseSettings,
  ConfigError,
  type ConfigOf,
  type Environment,
  flag,
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
import { domainPatterns, hostPorts } from './host-lists.ts';
import { adapterUrls, replicaUrls } from './replica-urls.ts';

/** Well known, so it protects nothing: good for trying the service out, refused in production. */
const developmentJobsKey = Buffer.from('4runr development jobs key......').toString('base64');

export const settings = {
  ...baseSettings(4003),
  publicUrl: setting('PUBLIC_URL', url('http', 'https'), {
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of access tokens, and the URL that the gateway is known by',
  }),
  redisUrl: setting('REDIS_URL', redisUrl(), {
    secret: true,
    about:
      'state Redis: idempotency keys, settlement of quotas and outcomes of calls, revocations, used DPoP proofs; several hosts separated by commas are a Redis Cluster',
  }),
  ...dpopSettings(),
  authServiceUrl: setting('AUTH_SERVICE_URL', url('http', 'https'), { about: 'base URL of auth-service' }),
  policyServiceUrls: setting('POLICY_SERVICE_URL', replicaUrls(), {
    about: 'base URL of policy-service; several replicas separated by `|`',
  }),
  callsInFlightMax: setting('CALLS_IN_FLIGHT_MAX', integer(1, 100_000), {
    default: '2048',
    about:
      'calls that a replica carries at once; further ones are turned away, and from three quarters of it on those of agents that have many',
  }),
  callsOfAgent: setting('CALLS_IN_FLIGHT_OF_AGENT', integer(1, 100_000), {
    default: '64',
    about:
      'calls that an agent may have in flight at a replica whatever others have, as long as it carries more',
  }),
  eventLoopDelayMaxMs: setting('EVENT_LOOP_DELAY_MAX_MS', integer(1, 60_000), {
    default: '500',
    about:
      'delay of the event loop from which on calls are turned away, all from the double of it on, in milliseconds',
  }),
  waitSeconds: setting('CALL_WAIT_SECONDS', integer(1, 3_600), {
    default: '120',
    about: 'how long a caller waits for its answer, in seconds, that does not say so by `Prefer: wait`',
  }),
  waitSecondsMax: setting('CALL_WAIT_SECONDS_MAX', integer(1, 3_600), {
    default: '140',
    about: 'longest wait that a caller can ask for, in seconds; the edge gives up after 150',
  }),
  retryEnabled: setting('FF_RETRY', flag(), {
    default: 'on',
    about: '`off` tries every call once',
  }),
  idempotencyKeptSeconds: setting('IDEMPOTENCY_KEPT_SECONDS', integer(1_800, 2_592_000), {
    default: '86400',
    about: 'how long what came of a call with an Idempotency-Key is kept to be answered again, in seconds',
  }),
  idempotencyResultBytesMax: setting('IDEMPOTENCY_RESULT_BYTES_MAX', integer(1_024, 16_777_216), {
    default: '262144',
    about: 'longest result that is kept for that, in bytes as it is stored (encrypted, base64)',
  }),
  idempotencyAgentBytesMax: setting('IDEMPOTENCY_AGENT_BYTES_MAX', integer(65_536, 17_179_869_184), {
    default: '67108864',
    about:
      'most bytes of the state Redis that keys and results of one agent may count for, a key for 512; beyond half of it no result is kept, beyond it no key is taken',
  }),
  breakersEnabled: setting('FF_BREAKERS', flag(), {
    default: 'on',
    about: '`off` asks providers however much they fail',
  }),
  attemptsOfTool: setting('ATTEMPTS_IN_FLIGHT_OF_TOOL', integer(1, 100_000), {
    default: '512',
    about: 'attempts that a tool may have under way at a replica; calls beyond it are turned away',
  }),
  attemptsOfHost: setting('ATTEMPTS_IN_FLIGHT_OF_HOST', integer(1, 100_000), {
    default: '128',
    about: 'of these, the ones at one host, where a tool speaks to many',
  }),
  cacheEnabled: setting('FF_CACHE', flag(), {
    default: 'on',
    about: '`off` has every call carried out, also where an answer is kept',
  }),
  redisCacheUrl: setting('REDIS_CACHE_URL', redisUrl().or(z.literal('')), {
    default: '',
    secret: true,
    about:
      'Redis that answers are kept in; it should evict. Empty: the state Redis, which never does, so that answers can fill it: said in the log at the start',
  }),
  cacheTimeoutMs: setting('CACHE_TIMEOUT_MS', integer(1, 10_000), {
    default: '100',
    about:
      'how long a call waits for that Redis, in milliseconds; when it was late once, it is not asked until it is in time again',
  }),
  cacheEntryBytesMax: setting('CACHE_ENTRY_BYTES_MAX', integer(1, 104_857_600), {
    default: '1048576',
    about: 'longest answer that is kept, in bytes of its JSON',
  }),
  cacheStaleIfBrokenSeconds: setting('CACHE_STALE_IF_BROKEN_SECONDS', integer(0, 86_400), {
    default: '3600',
    about: 'how long after its life a kept answer serves while the breaker of its tool is open, in seconds',
  }),
  auditBacklogMax: auditBacklogSetting(),
  asyncEnabled: setting('FF_ASYNC', flag(), {
    default: 'on',
    about: '`off` answers every call at once, whatever it prefers, and touches no job: those queued stay so',
  }),
  databaseUrl: setting('DATABASE_URL', url('postgres', 'postgresql'), {
    secret: true,
    about: 'Postgres: jobs; the schema `proxy` in it is this service’s own',
  }),
  ...schemaSettings,
  jobsKey: setting('JOBS_KEY_BASE64', base64Bytes(32), {
    default: developmentJobsKey,
    secret: true,
    isDefaultPublic: true,
    about: 'encrypts what jobs are to do and what came of it: 32 bytes in base64, the same for every replica',
  }),
  acceptedJobsKeys: setting('JOBS_KEY_ACCEPTED_BASE64', list().pipe(z.array(base64Bytes(32))), {
    default: '',
    secret: true,
    about: 'earlier keys that open what they have encrypted, separated by commas',
  }),
  jobsConcurrency: setting('JOBS_CONCURRENCY', integer(1, 1_000), {
    default: '8',
    about: 'jobs that a replica carries out at once; each takes one of the places of `CALLS_IN_FLIGHT_MAX`',
  }),
  jobsQueuedOfAgent: setting('JOBS_QUEUED_OF_AGENT', integer(1, 100_000), {
    default: '100',
    about: 'jobs of one agent that may be queued; further ones are turned away',
  }),
  jobsWaitMaxSeconds: setting('JOBS_WAIT_MAX_SECONDS', integer(1, revocationLifeSecondsMax), {
    default: '1800',
    about:
      'how long a job may be queued, in seconds, before it fails; no longer than it is remembered that its agent was suspended',
  }),
  jobsKeptSeconds: setting('JOBS_KEPT_SECONDS', integer(1, 2_592_000), {
    default: '86400',
    about: 'how long a job that has ended is kept with what came of it, in seconds',
  }),
  jobResultBytesMax: setting('JOB_RESULT_BYTES_MAX', integer(1_000, 16_777_216), {
    default: '4194304',
    about: 'longest result that is kept of a job, in bytes of JSON; a job with a longer one fails',
  }),
  webhookHosts: setting('JOB_WEBHOOK_HOSTS', domainPatterns(), {
    default: '',
    about:
      'hosts that agents may have told that a job has ended (`Job-Webhook`), by https, separated by commas; `*.` before a host stands for all below it. Empty: none',
  }),
  webhookPrivateHosts: setting('JOB_WEBHOOK_PRIVATE_HOSTS', hostPorts(), {
    default: '',
    about:
      'beside these the operator’s exceptions to the egress guard, `host:port` separated by commas: at private addresses, at other ports, and also by http',
  }),
  webhookKeys: setting('JOB_WEBHOOK_KEYS_BASE64', list().pipe(z.array(base64Bytes(32))), {
    default: '',
    secret: true,
    about:
      'Ed25519 keys (seeds) that sign these messages, 32 bytes in base64 each, separated by commas, the same for every replica; every one signs each message. Required where a host is allowed',
  }),
  adapters: setting('ADAPTERS', adapterUrls(), {
    about:
      'base URLs of the adapters, `tool=url` separated by commas; several replicas of one tool separated by `|`',
  }),
};

export type ProxyConfig = ConfigOf<typeof settings>;

/** @throws ConfigError */
export function readConfig(environment: Environment = process.env): ProxyConfig {
  const config = loadConfig(settings, environment);
  const { webhookHosts, webhookPrivateHosts, webhookKeys } = config;
  if (webhookHosts.length + webhookPrivateHosts.length > 0 && webhookKeys.length === 0) {
    throw new ConfigError([`${settings.webhookKeys.env} is required where JOB_WEBHOOK_HOSTS allow one`]);
  }
  return config;
}

/** What of the settings migrations need. @throws ConfigError */
export const readMigrationConfig = (environment: Environment = process.env) =>
  loadConfig({ databaseUrl: settings.databaseUrl, logLevel: settings.logLevel }, environment);
