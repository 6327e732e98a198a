import {
  type EvaluationRequest,
  type EvaluationResponse,
  evaluationPath,
  evaluationResponseSchema,
} from '@4runr/contracts/decision';
import type { ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Agent } from '../domain/call.ts';

/** What a decision looks at beside who asks for what. */
export type CallContext = EvaluationRequest['context'];

export interface PolicyClient {
  /**
   * Asks policy-service for a decision (AuthZEN 1.0).
   *
   * @throws ProblemError `policy.unavailable` when there is none
   */
  evaluate(agent: Agent, scope: string, context: CallContext): Promise<EvaluationResponse>;
}

const timeoutMs = 2_000;

export function createPolicyClient(client: ServiceClient): PolicyClient {
  return {
    async evaluate(agent, scope, context) {
      const body = toRequest(agent, scope, context);
      const response = await client
        // A decision is taken once for a call's id, however often it is asked for.
        .request({ method: 'POST', path: evaluationPath, body, timeoutMs, idempotent: true })
        .catch((error: unknown) => throwUnavailable(error));
      return readDecision(response);
    },
  };
}

function toRequest(agent: Agent, scope: string, context: CallContext): EvaluationRequest {
  return {
    subject: { type: 'agent', id: agent.id, properties: { role: agent.role, act: null } },
    action: { name: scope },
    resource: { type: 'tool', id: scope.slice(0, scope.indexOf(':')) },
    context,
  };
}

function readDecision(response: ServiceResponse): EvaluationResponse {
  const decision = evaluationResponseSchema.safeParse(response.body);
  if (response.status === 200 && decision.success) return decision.data;
  throwUnavailable(new Error(`policy-service answered ${response.status}`, { cause: decision.error }));
}

function throwUnavailable(cause: unknown): never {
  throw new ProblemError('policy.unavailable', { cause, headers: { 'Retry-After': '1' } });
}
