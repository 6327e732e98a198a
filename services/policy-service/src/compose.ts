import type { RequestListener } from 'node:http';
import { createAccessTokenAuthority, createJwksSource } from '@4runr/service-kit/access-token';
import { followSetting } from '@4runr/service-kit/config';
import { createConfiguredDpopVerifier } from '@4runr/service-kit/dpop';
import { prepareServiceApp } from '@4runr/service-kit/http';
import { type Kit, onceDone } from '@4runr/service-kit/lifecycle';
import { createDatabase, translateDatabaseError } from '@4runr/service-kit/postgres';
import { createRedis, redisCheck } from '@4runr/service-kit/redis';
import { createRevocationFeed, revocationCheck } from '@4runr/service-kit/revocation';
import { composeAuditReads } from './compose-audit-reads.ts';
import { composeAuditTrail } from './compose-audit-trail.ts';
import type { PolicyConfig } from './config.ts';
import { createActivePolicies } from './domain/active-policies.ts';
import { builtInPolicies } from './domain/built-in-policies.ts';
import {
  allowEverything,
  createDecisionPoint,
  type Decide,
  decideByPolicies,
} from './domain/decision-point.ts';
import { createFactsSealer } from './domain/facts-sealer.ts';
import { describeRoutes } from './http/routes.ts';
import { createPermitIssuer } from './mesh/permit-issuer.ts';
import { createPolicyMetrics } from './metrics.ts';
import { type PolicySchema, schemaName } from './store/database-schema.ts';
import { followPolicies } from './store/follow-policies.ts';
import { createPastCalls } from './store/postgres-past-calls.ts';
import { createPolicyPast } from './store/postgres-past-policies.ts';
import { createPolicyChanges } from './store/postgres-policy-changes.ts';
import { createPolicyHistories } from './store/postgres-policy-histories.ts';
import { createPolicyStore } from './store/postgres-policy-store.ts';
import { prepareDatabase } from './store/prepare-database.ts';
import { createDecisionRecorder } from './store/redis-decision-ledger.ts';
import { createAuditTrail } from './store/search-audit-trail.ts';

/** Builds the service. The kit closes in reverse order: following ends before the database goes. */
export async function compose(kit: Kit<PolicyConfig>): Promise<RequestListener> {
  const { migratesAtStart, redisUrl, publicUrl: issuer, authServiceUrl, meshKeys } = kit.config;
  const databaseUrl = followSetting(kit.config, 'databaseUrl');
  const database = createDatabase<PolicySchema>(kit, { url: databaseUrl }).withSchema(schemaName);
  const policies = createPolicyStore(database);
  const active = createActivePolicies();
  const prepare = onceDone(() =>
    prepareDatabase({ database, url: databaseUrl(), migratesAtStart }, builtInPolicies),
  );
  const follower = await followPolicies(kit, { active, source: policies, prepare });
  const redis = createRedis(kit, { url: redisUrl });
  composeAuditTrail(kit, { database, redis, prepare });
  const readTrail = composeAuditReads(kit, database);

  const keys = createJwksSource({
    url: `${authServiceUrl}/.well-known/jwks.json`,
    logger: kit.logger,
  });
  kit.onClose('access token keys', keys.close);
  const revocations = createRevocationFeed(kit, { redisUrl });
  const sealer = createFactsSealer(kit.config.auditKey, kit.config.acceptedAuditKeys);
  const routes = describeRoutes({
    kit,
    metrics: createPolicyMetrics(kit.metrics, { meshKeys, checkedAt: follower.checkedAt }),
    active,
    decisionPoint: createDecisionPoint({
      decide: chooseDecide(kit, decideByPolicies(active)),
      issuePermit: createPermitIssuer(kit.keyring),
      record: createDecisionRecorder(kit, redis, { backlogMax: kit.config.auditBacklogMax }),
      sealFacts: sealer.seal,
    }),
    policies,
    changes: createPolicyChanges(database),
    histories: createPolicyHistories(database),
    prepare,
    audit: createAuditTrail(readTrail),
    pastCalls: createPastCalls(readTrail),
    policyPast: createPolicyPast(database),
    openFacts: sealer.open,
    authority: createAccessTokenAuthority(kit, {
      issuer,
      keys,
      revocations,
      dpop: createConfiguredDpopVerifier(kit.config, redis),
    }),
  });
  return prepareServiceApp(
    kit,
    {
      routes,
      checks: [{ name: 'policies', check: () => void active.current() }, revocationCheck(revocations)],
      translators: [translateDatabaseError],
    },
    [redisCheck(redis)],
  );
}

/** Policies, unless they are switched off: then every single decision says so in the log. */
function chooseDecide(kit: Kit<PolicyConfig>, byPolicies: Decide): Decide {
  if (kit.config.policyEnabled) return byPolicies;
  kit.logger.error('FF_POLICY=off: every call of every agent is allowed');
  return (call) => {
    kit.logger.warn({ agent: call.subject.id, scope: call.scope }, 'allowed because FF_POLICY=off');
    return allowEverything();
  };
}
