import {
  type EvaluationRequest,
  type EvaluationResponse,
  evaluationPath,
  evaluationResponseSchema,
} from '@4runr/contracts/decision';
import type { ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import type { Agent } from '../domain/call.ts';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

/** What a decision looks at beside who asks for what. */
export type CallContext = EvaluationRequest['context'];

export interface PolicyClient {
  /**
   * Asks policy-service for a decision (AuthZEN 1.0).
   *
   * @throws ProblemError `policy.unavailable` when there is none; `body.too_large` when the call is too large to be asked
   * about
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
        .catch((error: unknown) => {
          throw policyUnavailable(error);
        });
      return readDecision(response);
    },
  };
}

function toRequest({ id, role, act }: Agent, scope: string, context: CallContext): EvaluationRequest {
  return {
    subject: { type: 'agent', id, properties: { role, act } },
    action: { name: scope },
    resource: { type: 'tool', id: scope.slice(0, scope.indexOf(':')) },
    context,
  };
}

function readDecision(response: ServiceResponse): EvaluationResponse {
  if (response.status === 413) throw new ProblemError('body.too_large');
  const decision = evaluationResponseSchema.safeParse(jsonOf(response));
  if (response.status === 200 && decision.success) return decision.data;
  throw policyUnavailable(unexpectedAnswer('policy-service', response, decision.error));
}

/** No decision, no call. */
export function policyUnavailable(cause: unknown): ProblemError {
  return new ProblemError('policy.unavailable', { cause, headers: { 'Retry-After': '1' } });
}
