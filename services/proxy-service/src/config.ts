import {
  auditBacklogSetting,
  baseSettings,
  type ConfigOf,
  type Environment,
  flag,
  httpsInProduction,
  integer,
  loadConfig,
  setting,
  url,
} from '@4runr/service-kit/config';
import { dpopSettings } from '@4runr/service-kit/dpop';
import { adapterUrls, replicaUrls } from './replica-urls.ts';

export const settings = {
  ...baseSettings(4003),
  publicUrl: setting('PUBLIC_URL', url('http', 'https'), {
    unfitForProduction: httpsInProduction,
    about: 'issuer and audience of access tokens, and the URL that the gateway is known by',
  }),
  redisUrl: setting('REDIS_URL', url('redis', 'rediss'), {
    secret: true,
    about: 'state Redis: settlement of quotas and outcomes of calls, revocations, used DPoP proofs',
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
  auditBacklogMax: auditBacklogSetting(),
  adapters: setting('ADAPTERS', adapterUrls(), {
    about:
      'base URLs of the adapters, `tool=url` separated by commas; several replicas of one tool separated by `|`',
  }),
};

export type ProxyConfig = ConfigOf<typeof settings>;

/** @throws ConfigError */
export const readConfig = (environment: Environment = process.env): ProxyConfig =>
  loadConfig(settings, environment);
