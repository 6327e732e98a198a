import type { RequestListener } from 'node:http';
import { createAccessTokenAuthority, createAccessTokenVerifier } from '@4runr/service-kit/access-token';
import { createAuditTrail } from '@4runr/service-kit/audit-trail';
import { followSetting } from '@4runr/service-kit/config';
import { createConfiguredDpopVerifier } from '@4runr/service-kit/dpop';
import { prepareServiceApp } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { createDatabase, translateDatabaseError } from '@4runr/service-kit/postgres';
import { createRedis, translateRedisError } from '@4runr/service-kit/redis';
import { createReplayMemory } from '@4runr/service-kit/replay-memory';
import { createRevocationFeed } from '@4runr/service-kit/revocation';
import type { AuthConfig } from './config.ts';
import { createAssertionVerifier } from './domain/assertion-signature.ts';
import { createClientSecrets } from './domain/client-secret.ts';
import { createGenuineTokenReader, createLiveTokenReader } from './domain/live-token.ts';
import { signAccessToken } from './domain/signing-key.ts';
import { readFirstOperator, readPolicyFilesKeys } from './first-operator-setting.ts';
import { followSigningKeys } from './follow-signing-keys.ts';
import { renderOAuthErrors } from './http/oauth/render-oauth-errors.ts';
import { describeRoutes } from './http/routes.ts';
import { keepReplayMemory } from './keep-replay-memory.ts';
import { createAuthMetrics } from './metrics.ts';
import { readinessChecks } from './readiness.ts';
import { reconcileRevocations } from './reconcile-revocations.ts';
import { relayOperatorChanges } from './relay-operator-changes.ts';
import { retryUntilPrepared } from './retry-until-prepared.ts';
import { keysMaxAgeSeconds, rotationRules } from './rotation-rules.ts';
import { type AuthSchema, schemaName } from './store/database-schema.ts';
import { createKeyRing } from './store/key-ring.ts';
import { createKeySealer } from './store/key-sealer.ts';
import { requeueChanges } from './store/operator-change-outbox.ts';
import { createAgentStore } from './store/postgres-agent-store.ts';
import { createClientDirectory } from './store/postgres-client-directory.ts';
import { createCredentialStore } from './store/postgres-credential-store.ts';
import { storeTokenRevocation } from './store/postgres-revocations.ts';
import { createTokenStatus } from './store/postgres-token-status.ts';
import { prepareDatabase } from './store/prepare-database.ts';
import { createReplayGuard } from './store/redis-replay-guard.ts';
import { createPublishedRevocations } from './store/redis-revocations.ts';
import { createRevocationPublisher } from './store/revocation-publisher.ts';
import { loadSecretPepper } from './store/secret-pepper.ts';
import { createTokenRateLimits } from './token-rate-limits.ts';

/** Builds the service. They are closed by the kit in reverse order: Redis, then Postgres. */
export async function compose(kit: Kit<AuthConfig>): Promise<RequestListener> {
  const { publicUrl: issuer, migratesAtStart, redisUrl, kek, acceptedKeks } = kit.config;
  const databaseUrl = followSetting(kit.config, 'databaseUrl');
  const operator = await readFirstOperator(kit.config);
  const policyFilesKeys = await readPolicyFilesKeys(kit.config);
  const database = createDatabase<AuthSchema>(kit, { url: databaseUrl }).withSchema(schemaName);
  const redis = createRedis(kit, { url: redisUrl });
  const sealer = createKeySealer(kek, acceptedKeks);
  const keyRing = createKeyRing();
  const clientSecrets = createClientSecrets();
  const rules = rotationRules(kit.config);
  const signingKeys = followSigningKeys(kit, { database, sealer, keyRing, rules });

  let isFirstStart = false;
  await retryUntilPrepared(kit, async () => {
    const prepared = await prepareDatabase(
      { database, url: databaseUrl(), migratesAtStart },
      { operator, policyFilesKeys, sealer },
    );
    isFirstStart ||= prepared.isFirstStart;
    if (!prepared.hasOperator)
      kit.logger.warn('there is no operator: set OPERATOR_CLIENT_ID and OPERATOR_JWKS');
    clientSecrets.load(await loadSecretPepper(database, sealer));
    await signingKeys.begin();
  });

  const replayMemory = createReplayMemory(redis);
  keepReplayMemory(kit, { replayMemory, isFirstStart });
  const published = createPublishedRevocations(redis);
  reconcileRevocations(kit, { database, published, onLostData: () => requeueChanges(database) });
  const metrics = createAuthMetrics(kit.metrics);
  relayOperatorChanges(kit, { database, trail: createAuditTrail(redis), metrics });

  const dpop = createConfiguredDpopVerifier(kit.config, redis);
  const revocations = createRevocationFeed(kit, { redisUrl });
  const verifier = createAccessTokenVerifier({ issuer, keys: keyRing });
  const readGenuineToken = createGenuineTokenReader(verifier);
  const translators = [translateDatabaseError, translateRedisError];
  const routes = describeRoutes({
    kit,
    metrics,
    agents: createAgentStore(database),
    revocations: createRevocationPublisher({ database, published }),
    credentials: createCredentialStore(database, sealer),
    keyRing,
    keysMaxAgeSeconds: keysMaxAgeSeconds(rules),
    clientSecrets,
    tokenIssue: {
      issuer,
      clients: createClientDirectory(database),
      verifyAssertion: await createAssertionVerifier(),
      replayGuard: createReplayGuard(replayMemory),
      clientSecrets,
      rateLimits: createTokenRateLimits(kit.config, redis),
      dpop,
      readLiveToken: createLiveTokenReader({ readGenuineToken, revocations }),
      signAccessToken: (claims) => signAccessToken(keyRing.signingKey(), claims),
      clock: Date.now,
    },
    tokenState: {
      readGenuineToken,
      isTokenAlive: createTokenStatus(database),
      storeRevocation: (revocation, change) => storeTokenRevocation(database, revocation, change),
    },
    authority: createAccessTokenAuthority(kit, {
      issuer,
      keys: keyRing,
      revocations,
      dpop,
    }),
  });
  return prepareServiceApp(kit, {
    routes,
    failureRenderers: [renderOAuthErrors(kit, translators)],
    checks: readinessChecks({ database, redis, keyRing, revocations }),
    translators,
  });
}
