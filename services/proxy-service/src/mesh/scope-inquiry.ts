import { randomUUID } from 'node:crypto';
import {
  type EvaluationsRequest,
  type EvaluationsResponse,
  evaluationsMax,
  evaluationsPath,
  evaluationsResponseSchema,
} from '@4runr/contracts/decision';
import type { ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import type { Agent } from '../domain/call.ts';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';
import { policyUnavailable } from './policy-client.ts';

/**
 * Asks policy-service which of the scopes an agent may call as such: without parameters there are no facts that a guard could
 * refuse. Nothing is taken or recorded.
 *
 * @throws ProblemError `policy.unavailable` when that is not known of every one
 */
export type ScopeInquiry = (
  asker: { readonly agent: Agent; readonly intent: string | undefined },
  scopes: readonly string[],
) => Promise<ReadonlySet<string>>;

const timeoutMs = 2_000;

/** One batch evaluation (AuthZEN 1.0 section 7) for however many scopes fit into it. */
export function createScopeInquiry(client: ServiceClient): ScopeInquiry {
  const ask = async (asker: Parameters<ScopeInquiry>[0], scopes: readonly string[]) => {
    const response = await client
      .request({
        method: 'POST',
        path: evaluationsPath,
        body: toRequest(asker, scopes),
        timeoutMs,
        idempotent: true,
      })
      .catch((error: unknown) => {
        throw policyUnavailable(error);
      });
    const answers = readAnswers(response, scopes.length);
    return scopes.filter((_scope, index) => answers[index]?.decision === true);
  };
  return async (asker, scopes) => {
    const batches = Array.from({ length: Math.ceil(scopes.length / evaluationsMax) }, (_, batch) =>
      scopes.slice(batch * evaluationsMax, (batch + 1) * evaluationsMax),
    );
    const allowed = await Promise.all(batches.map((batch) => ask(asker, batch)));
    return new Set(allowed.flat());
  };
}

function toRequest(
  { agent: { id, role, act }, intent }: Parameters<ScopeInquiry>[0],
  scopes: readonly string[],
): EvaluationsRequest {
  return {
    subject: { type: 'agent', id, properties: { role, act } },
    context: {
      callId: `call_${randomUUID()}`,
      params: {},
      facts: { url: [], model: [], recipient: [] },
      requestBytes: 0,
      dryRun: true,
      ...(intent === undefined ? {} : { intent }),
    },
    evaluations: scopes.map((scope) => ({
      action: { name: scope },
      resource: { type: 'tool', id: scope.slice(0, scope.indexOf(':')) },
    })),
  };
}

/** An answer that is missing or failed leaves it open whether the agent may; nobody guesses. */
function readAnswers(response: ServiceResponse, count: number): EvaluationsResponse['evaluations'] {
  const answers = evaluationsResponseSchema.safeParse(jsonOf(response));
  const isWhole =
    answers.data?.evaluations.length === count &&
    answers.data.evaluations.every(({ context }) => !('error' in context));
  if (response.status === 200 && answers.success && isWhole) return answers.data.evaluations;
  throw policyUnavailable(unexpectedAnswer('policy-service', response, answers.error));
}
