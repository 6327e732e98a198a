import { authzenConfigurationPath, evaluationPath, evaluationsPath } from '@4runr/contracts/decision';
import { simulationPath } from '@4runr/contracts/policy';
import type { OperatorScope } from '@4runr/contracts/token';
import { type AccessTokenAuthority, requireOperator } from '@4runr/service-kit/access-token';
import { jsonBody, type Route } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { requireMeshToken } from '@4runr/service-kit/mesh';
import type { RequestHandler } from 'express';
import type { PolicyConfig } from '../config.ts';
import type { ActivePolicies } from '../domain/active-policies.ts';
import type { AuditTrail } from '../domain/audit-trail.ts';
import type { DecisionPoint } from '../domain/decision-point.ts';
import type { PolicyChanges, PolicyHistories } from '../domain/policy-change.ts';
import type { PolicyStore } from '../domain/policy-store.ts';
import type { ReplayParts } from '../domain/replay/replay-period.ts';
import type { PolicyMetrics } from '../metrics.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { authzenConfigurationHandler } from './authzen-configuration.ts';
import { echoRequestId } from './echo-request-id.ts';
import { evaluateHandler } from './evaluate.ts';
import { evaluateBatchHandler } from './evaluate-batch.ts';
import { listAuditHandler } from './list-audit.ts';
import type { PolicyChangeParts } from './policies/change-policy.ts';
import { createPolicyHandler } from './policies/create-policy.ts';
import { deletePolicyHandler } from './policies/delete-policy.ts';
import { getPolicyHandler } from './policies/get-policy.ts';
import { listPoliciesHandler } from './policies/list-policies.ts';
import { listPolicyVersionsHandler } from './policies/list-policy-versions.ts';
import { replacePolicyHandler } from './policies/replace-policy.ts';
import { replayCallsHandler } from './policies/replay-calls.ts';
import { rollBackPolicyHandler } from './policies/roll-back-policy.ts';
import { simulateCallHandler } from './policies/simulate-call.ts';
import { whenPrepared } from './when-prepared.ts';

/** What the operations are made of. */
export interface RouteParts {
  readonly kit: Kit<PolicyConfig>;
  readonly metrics: PolicyMetrics;
  readonly decisionPoint: DecisionPoint;
  readonly active: ActivePolicies;
  readonly policies: PolicyStore;
  readonly changes: PolicyChanges;
  readonly histories: PolicyHistories;
  readonly audit: AuditTrail;
  /** What calls and policies were, for replays. */
  readonly pastCalls: ReplayParts['calls'];
  readonly policyPast: ReplayParts['policies'];
  readonly openFacts: ReplayParts['openFacts'];
  readonly authority: AccessTokenAuthority;
  /** Brings the database to where it can be asked; done once. */
  readonly prepare: () => Promise<void>;
}

/** A question holds the parameters of a call, which the proxy takes up to 100 levels deep, two levels down; in a batch four. */
const questionNestingMax = 110;

/** Largest policy document, in bytes: every replica holds all of them, and the audit trail each of their states. */
const documentBytesMax = 1_048_576;

/** Everything that the service answers, beside its operational routes. */
export function describeRoutes(parts: RouteParts): readonly Route[] {
  const { kit, metrics, decisionPoint, active, audit, authority } = parts;
  const { config, keyring, reportSecurityEvent } = kit;
  const proxy = requireMeshToken({ keyring, callers: ['proxy-service'], reportSecurityEvent });
  const operator = (scope: OperatorScope) => requireOperator({ authority, scope, reportSecurityEvent });
  const json = jsonBody(config.bodyBytesMax, { nestingMax: questionNestingMax });
  const answerQuestion = createAnswerQuestion(decisionPoint, metrics);

  return [
    {
      method: 'post',
      path: evaluationPath,
      handlers: [echoRequestId, proxy, json, evaluateHandler(answerQuestion)],
    },
    {
      method: 'post',
      path: evaluationsPath,
      handlers: [echoRequestId, proxy, json, evaluateBatchHandler(answerQuestion)],
    },
    {
      method: 'post',
      path: simulationPath,
      handlers: [proxy, json, simulateCallHandler(active)],
    },
    {
      method: 'get',
      path: authzenConfigurationPath,
      handlers: [authzenConfigurationHandler(config.decisionPointUrl)],
    },
    ...policyRoutes(parts, operator),
    {
      method: 'get',
      path: '/v1/audit',
      handlers: [operator('audit:read'), listAuditHandler(audit)],
    },
  ];
}

/** Policies, as operators look at and change them. @param operator what lets them pass */
function policyRoutes(
  parts: RouteParts,
  operator: (scope: OperatorScope) => RequestHandler,
): readonly Route[] {
  const { policies, histories } = parts;
  const prepared = whenPrepared(parts.prepare);
  const reader = [operator('policies:read'), prepared];
  const document = jsonBody(documentBytesMax);
  const writer = [operator('policies:write'), document, prepared];
  const change: PolicyChangeParts = parts;
  const path = '/v1/policies/:name';
  return [
    { method: 'post', path: '/v1/policies', handlers: [...writer, createPolicyHandler(change)] },
    { method: 'get', path: '/v1/policies', handlers: [...reader, listPoliciesHandler(policies)] },
    {
      method: 'post',
      path: '/v1/policies/replay',
      handlers: [operator('policies:read'), document, prepared, replayCallsHandler(parts)],
    },
    { method: 'get', path, handlers: [...reader, getPolicyHandler(policies)] },
    { method: 'put', path, handlers: [...writer, replacePolicyHandler(change)] },
    { method: 'delete', path, handlers: [...writer, deletePolicyHandler(change)] },
    { method: 'get', path: `${path}/versions`, handlers: [...reader, listPolicyVersionsHandler(histories)] },
    { method: 'post', path: `${path}/rollback`, handlers: [...writer, rollBackPolicyHandler(change)] },
  ];
}
