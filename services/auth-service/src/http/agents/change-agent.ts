import { ProblemError } from '@4runr/service-kit/errors';
import { assertPreconditions } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { Request, Response } from 'express';
import type { AgentRecord, AgentStore } from '../../domain/agent.ts';
import type { MaybeEdit } from '../../domain/client-edit.ts';
import type { RevocationPublisher } from '../../domain/revocation-publisher.ts';
import type { AuthMetrics } from '../../metrics.ts';
import { changeOriginOf } from '../change-origin.ts';
import { agentIdOf } from './agent-id.ts';
import { entityTagOf } from './agent-representation.ts';

/** What the changes of agents are made of. */
export interface AgentChangeParts {
  readonly kit: Kit;
  readonly metrics: AuthMetrics;
  readonly agents: AgentStore;
  readonly revocations: RevocationPublisher;
}

/**
 * Changes the agent that a request names, if it is in the state that the request names, and waits until the tokens that
 * end by it are known to have ended. The answer carries the new `ETag`.
 *
 * @returns the agent after the change
 * @throws ProblemError `agent.unknown`, `precondition.failed`, what `decide` throws, or `service.unavailable` after a
 * change whose revocation could not be published; then this holds for every repetition, whatever state it names, until it is
 */
export async function changeAgent(
  { kit, metrics, agents, revocations }: AgentChangeParts,
  { request, response }: { request: Request; response: Response },
  decide: (agent: AgentRecord) => MaybeEdit,
): Promise<AgentRecord> {
  const id = agentIdOf(request);
  const origin = changeOriginOf(response);
  const change = await agents
    .change(id, origin, (agent) => {
      assertPreconditions(request, entityTagOf(agent));
      return decide(agent);
    })
    .catch(async (refusal: unknown) => {
      // Whoever repeats what was answered 503 names the state of before: 412 would hide that tokens are still alive.
      if (isPreconditionFailed(refusal)) await revocations.publish(id);
      throw refusal;
    });
  if (change?.edit !== undefined) {
    const { action, endsTokens } = change.edit;
    if (endsTokens === true) metrics.revocations.inc({ kind: 'client' });
    kit.logger.info({ agent: id, action, operator: origin.operator }, 'agent changed');
  }
  await revocations.publish(id);
  if (change === undefined) throw new ProblemError('agent.unknown');
  response.set({ ETag: entityTagOf(change.agent), 'Cache-Control': 'no-store' });
  return change.agent;
}

function isPreconditionFailed(error: unknown): boolean {
  return error instanceof ProblemError && error.code === 'precondition.failed';
}
