import { agentIdSchema, agentRolePath, agentRoleSchema } from '@4runr/contracts/agent';
import type { ServiceClient, ServiceResponse } from '@4runr/service-kit/client';
import { ProblemError } from '@4runr/service-kit/errors';
import { jsonOf, unexpectedAnswer } from './json-answer.ts';

/**
 * The role that an agent has now, as auth-service says. Calls are not decided by it, but by the role in their tokens.
 *
 * @throws ProblemError `agent.unknown`; `service.unavailable` when auth-service cannot be asked
 */
export type AgentRoles = (id: string) => Promise<string>;

const timeoutMs = 2_000;

export function createAgentRoles(client: ServiceClient): AgentRoles {
  return async (id) => {
    if (!agentIdSchema.safeParse(id).success) throw new ProblemError('agent.unknown');
    const response = await client
      .request({ method: 'GET', path: agentRolePath(id), timeoutMs })
      .catch((error: unknown) => {
        throw rolesUnavailable(error);
      });
    return readRole(response);
  };
}

function readRole(response: ServiceResponse): string {
  if (response.status === 404) throw new ProblemError('agent.unknown');
  const answer = agentRoleSchema.safeParse(jsonOf(response));
  if (response.status === 200 && answer.success) return answer.data.role;
  throw rolesUnavailable(unexpectedAnswer('auth-service', response, answer.error));
}

function rolesUnavailable(cause: unknown): ProblemError {
  return new ProblemError('service.unavailable', {
    detail: 'The agent’s role cannot be had now. Name the role beside the id.',
    cause,
    headers: { 'Retry-After': '1' },
  });
}
