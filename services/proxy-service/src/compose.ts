import { adapterServiceName } from '@4runr/contracts/mesh';
import { partitionCount } from '@4runr/contracts/partition';
import { createCallSettler, createRefusalRecorder } from '@4runr/decision-ledger';
import { createAccessTokenAuthority, createJwksSource } from '@4runr/service-kit/access-token';
import { createServiceClient } from '@4runr/service-kit/client';
import { createConfiguredDpopVerifier } from '@4runr/service-kit/dpop';
import type { ProblemError } from '@4runr/service-kit/errors';
import { prepareServiceApp, reportFailure } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { createRedis, type Redis, redisCheck, translateRedisError } from '@4runr/service-kit/redis';
import { createRevocationFeed, type Revocations, revocationCheck } from '@4runr/service-kit/revocation';
import type { Express } from 'express';
import { composeCache } from './compose-cache.ts';
import type { ProxyConfig } from './config.ts';
import { createCapacity } from './domain/capacity.ts';
import { type Circuits, createCircuits } from './domain/circuits.ts';
import type { KeyStore } from './domain/keyed-call.ts';
import type { ToolRegistry } from './domain/tool.ts';
import { watchEventLoop } from './event-loop.ts';
import { createAnswerFilter } from './filter/answer-filter.ts';
import { renderOpenaiErrors } from './http/openai/render-openai-errors.ts';
import { createRoutes } from './http/routes.ts';
import { composeJobs } from './jobs/compose-jobs.ts';
import { createAdapterClient } from './mesh/adapter-client.ts';
import { createAgentRoles } from './mesh/agent-roles.ts';
import { createManifestRegistry } from './mesh/manifest-registry.ts';
import { createMeshReadiness, type MeshPart } from './mesh/mesh-readiness.ts';
import { createPolicyClient } from './mesh/policy-client.ts';
import { createScopeInquiry } from './mesh/scope-inquiry.ts';
import { createSimulate } from './mesh/simulation-client.ts';
import { createProxyMetrics, exposeBreakers, exposeCapacity, type ProxyMetrics } from './metrics.ts';
import { createBulkheads } from './pipeline/bulkhead.ts';
import { reportTransitions } from './pipeline/report-transitions.ts';
import { createRetryBudgets } from './pipeline/retry.ts';
import { createKeyStore } from './store/keys/redis-key-store.ts';
import { createOutcomeLedger } from './store/outcome-ledger.ts';
import { createPersistentWriter } from './store/persistent-writer.ts';
import { createRefusalLog } from './store/refusal-log.ts';
import { traceKeyStore } from './store/traced-stores.ts';

/** @throws DatabaseUnfitError */
export async function compose(kit: Kit<ProxyConfig>): Promise<Express> {
  const { config } = kit;
  const keys = createJwksSource({
    url: `${config.authServiceUrl}/.well-known/jwks.json`,
    logger: kit.logger,
  });
  kit.onClose('access token keys', keys.close);
  const redis = createRedis(kit, { url: config.redisUrl });
  const revocations = createRevocationFeed(kit, { redisUrl: config.redisUrl });
  const adapterClients = new Map(
    [...config.adapters].map(([tool, urls]) => [
      tool,
      createServiceClient(kit, adapterServiceName(tool), urls),
    ]),
  );
  const tools = createManifestRegistry(kit, adapterClients);
  const policyService = createServiceClient(kit, 'policy-service', config.policyServiceUrls);
  const capacity = createCapacity({ places: config.callsInFlightMax, placesOfAgent: config.callsOfAgent });
  exposeCapacity(kit.metrics, capacity);
  const metrics = createProxyMetrics(kit.metrics);
  const streamItemsMax = Math.ceil(config.auditBacklogMax / partitionCount);
  const report = (problem: ProblemError, path: string) => reportFailure(kit.logger, problem, path);
  const parts = {
    kit,
    revocations,
    reportFailure: report,
    capacity,
    eventLoop: watchEventLoop(kit, config.eventLoopDelayMaxMs),
    publicUrl: config.publicUrl,
    bodyBytesMax: config.bodyBytesMax,
    waitSeconds: { usual: Math.min(config.waitSeconds, config.waitSecondsMax), max: config.waitSecondsMax },
    authority: createAccessTokenAuthority(kit, {
      issuer: config.publicUrl,
      keys,
      revocations,
      dpop: createConfiguredDpopVerifier(config, redis),
    }),
    tools,
    keys: traceKeyStore(kit.tracing, createConfiguredKeyStore(kit, redis)),
    policy: createPolicyClient(policyService),
    inquire: createScopeInquiry(policyService),
    simulate: createSimulate(policyService),
    rolesOf: createAgentRoles(createServiceClient(kit, 'auth-service', [config.authServiceUrl])),
    adapters: createAdapterClient(adapterClients),
    circuits: config.breakersEnabled ? composeCircuits(kit, metrics) : undefined,
    bulkheads: createBulkheads({ ofTool: config.attemptsOfTool, ofHost: config.attemptsOfHost }),
    retryBudgets: config.retryEnabled ? createRetryBudgets() : undefined,
    filterAnswer: createAnswerFilter(kit),
    ...composeCache(kit, { redis, metrics }),
    metrics,
    ledger: createOutcomeLedger(kit, createCallSettler(redis)),
    refusals: createRefusalLog(kit, createRefusalRecorder(redis, { streamItemsMax }), metrics.auditDropped),
    meshReadiness: createMeshReadiness(meshParts(kit, { tools, revocations })),
  };
  const jobs = composeJobs(kit, parts);
  await jobs?.lookOnce();
  const routes = createRoutes({ ...parts, jobs });
  return prepareServiceApp(
    kit,
    {
      routes,
      failureRenderers: [renderOpenaiErrors(report)],
      translators: [translateRedisError],
      checks: [
        { name: 'access token keys', check: keys.assertLoaded },
        revocationCheck(revocations),
        { name: 'tool manifests', check: () => tools.firstRound },
      ],
    },
    [redisCheck(redis)],
  );
}

function createConfiguredKeyStore(kit: Kit<ProxyConfig>, redis: Redis): KeyStore {
  const { idempotencyKeptSeconds, idempotencyResultBytesMax, idempotencyAgentBytesMax } = kit.config;
  const writer = createPersistentWriter(kit, {
    name: 'idempotency keys',
    lost: 'what came of a call cannot be kept under its idempotency key',
    // Until then its outcome counts as unknown; it is worth the patience.
    pausesMs: [100, 400, 1_500, 3_000, 5_000, 10_000],
  });
  return createKeyStore(redis, writer, {
    keptSeconds: idempotencyKeptSeconds,
    outcomeBytesMax: idempotencyResultBytesMax,
    agentBytesMax: idempotencyAgentBytesMax,
  });
}

function composeCircuits(kit: Kit<ProxyConfig>, metrics: ProxyMetrics): Circuits {
  const circuits = createCircuits(reportTransitions(kit, metrics));
  exposeBreakers(kit.metrics, circuits, [...kit.config.adapters.keys()]);
  return circuits;
}

function meshParts(
  { config, isDraining }: Kit<ProxyConfig>,
  { tools, revocations }: { tools: ToolRegistry; revocations: Revocations },
): readonly MeshPart[] {
  return [
    { name: 'proxy-service', urls: [], isUsable: () => !isDraining() && isFresh(revocations) },
    { name: 'auth-service', urls: [config.authServiceUrl] },
    { name: 'policy-service', urls: config.policyServiceUrls },
    ...[...config.adapters].map(([tool, urls]) => ({
      name: adapterServiceName(tool),
      urls,
      isUsable: () => tools.get(tool) !== undefined,
    })),
  ];
}

function isFresh({ assertFresh }: Revocations): boolean {
  try {
    assertFresh();
    return true;
  } catch {
    return false;
  }
}
