import { authzenConfigurationPath, evaluationPath, evaluationsPath } from '@4runr/contracts/decision';
import type { OperatorScope } from '@4runr/contracts/token';
import { type AccessTokenAuthority, requireOperator } from '@4runr/service-kit/access-token';
import { jsonBody, type Route } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import { requireMeshToken } from '@4runr/service-kit/mesh';
import type { PolicyConfig } from '../config.ts';
import type { AuditTrail } from '../domain/audit-trail.ts';
import type { DecisionPoint } from '../domain/decision-point.ts';
import type { PolicyStore } from '../domain/policy-store.ts';
import type { PolicyMetrics } from '../metrics.ts';
import { createAnswerQuestion } from './answer-question.ts';
import { authzenConfigurationHandler } from './authzen-configuration.ts';
import { echoRequestId } from './echo-request-id.ts';
import { evaluateHandler } from './evaluate.ts';
import { evaluateBatchHandler } from './evaluate-batch.ts';
import { getPolicyHandler } from './get-policy.ts';
import { listAuditHandler } from './list-audit.ts';
import { listPoliciesHandler } from './list-policies.ts';

/** What the operations are made of. */
export interface RouteParts {
  readonly kit: Kit<PolicyConfig>;
  readonly metrics: PolicyMetrics;
  readonly decisionPoint: DecisionPoint;
  readonly policies: PolicyStore;
  readonly audit: AuditTrail;
  readonly authority: AccessTokenAuthority;
}

/** A question holds the parameters of a call, which the proxy takes up to 100 levels deep, two levels down; in a batch four. */
const questionNestingMax = 110;

/** Everything that the service answers, beside its operational routes. */
export function describeRoutes(parts: RouteParts): readonly Route[] {
  const { kit, metrics, decisionPoint, policies, audit, authority } = parts;
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
      method: 'get',
      path: authzenConfigurationPath,
      handlers: [authzenConfigurationHandler(config.decisionPointUrl)],
    },
    {
      method: 'get',
      path: '/v1/policies',
      handlers: [operator('policies:read'), listPoliciesHandler(policies)],
    },
    {
      method: 'get',
      path: '/v1/policies/:name',
      handlers: [operator('policies:read'), getPolicyHandler(policies)],
    },
    {
      method: 'get',
      path: '/v1/audit',
      handlers: [operator('audit:read'), listAuditHandler(audit)],
    },
  ];
}
