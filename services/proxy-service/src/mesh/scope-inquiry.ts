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

/** What an agent may want to call: a scope as such, or with a parameter that names a model. */
export interface Inquired {
  readonly scope: string;
  readonly model?: { readonly param: string; readonly name: string };
}

/**
 * Asks policy-service what of it an agent may call: without other parameters there are no facts that a guard could refuse.
 * Nothing is taken or recorded. Answers with what it may, in the same order.
 *
 * @throws ProblemError `policy.unavailable` when that is not known of every one
 */
export type ScopeInquiry = <I extends Inquired>(
  asker: { readonly agent: Agent; readonly intent: string | undefined },
  inquired: readonly I[],
) => Promise<readonly I[]>;

const timeoutMs = 2_000;

/** One batch evaluation (AuthZEN 1.0 section 7) for however many scopes fit into it. */
export function createScopeInquiry(client: ServiceClient): ScopeInquiry {
  const ask = async <I extends Inquired>(asker: Parameters<ScopeInquiry>[0], inquired: readonly I[]) => {
    const response = await client
      .request({
        method: 'POST',
        path: evaluationsPath,
        body: toRequest(asker, inquired),
        timeoutMs,
        idempotent: true,
      })
      .catch((error: unknown) => {
        throw policyUnavailable(error);
      });
    const answers = readAnswers(response, inquired.length);
    return inquired.filter((_inquired, index) => answers[index]?.decision === true);
  };
  return async (asker, inquired) => {
    const batches = Array.from({ length: Math.ceil(inquired.length / evaluationsMax) }, (_, batch) =>
      inquired.slice(batch * evaluationsMax, (batch + 1) * evaluationsMax),
    );
    return (await Promise.all(batches.map((batch) => ask(asker, batch)))).flat();
  };
}

function toRequest(
  { agent: { id, role, act }, intent }: Parameters<ScopeInquiry>[0],
  inquired: readonly Inquired[],
): EvaluationsRequest {
  const context = {
    callId: `call_${randomUUID()}`,
    params: {},
    facts: { url: [], model: [], recipient: [] },
    requestBytes: 0,
    dryRun: true,
    ...(intent === undefined ? {} : { intent }),
  };
  return {
    subject: { type: 'agent', id, properties: { role, act } },
    context,
    evaluations: inquired.map(({ scope, model }) => ({
      action: { name: scope },
      resource: { type: 'tool', id: scope.slice(0, scope.indexOf(':')) },
      ...(model === undefined ? {} : { context: { ...context, ...contextOf(model) } }),
    })),
  };
}

function contextOf({ param, name }: NonNullable<Inquired['model']>) {
  return { params: { [param]: name }, facts: { url: [], model: [name], recipient: [] } };
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
