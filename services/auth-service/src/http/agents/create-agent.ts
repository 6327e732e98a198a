import { type CreateAgentResponse, createAgentSchema } from '@4runr/contracts/agent';
import { invalidParams, parseBody } from '@4runr/service-kit/http';
import type { Kit } from '@4runr/service-kit/lifecycle';
import type { RequestHandler } from 'express';
import type { AgentStore } from '../../domain/agent.ts';
import type { ClientSecrets } from '../../domain/client-secret.ts';
import { registerAgent } from '../../domain/register-agent.ts';
import type { AuthMetrics } from '../../metrics.ts';
import { changeOriginOf } from '../change-origin.ts';
import { entityTagOf, representAgent } from './agent-representation.ts';

/** `POST /v1/agents` */
export function createAgentHandler(
  kit: Kit,
  metrics: AuthMetrics,
  parts: { readonly agents: AgentStore; readonly clientSecrets: ClientSecrets },
): RequestHandler {
  const { agents, clientSecrets } = parts;
  return async (request, response) => {
    const registration = await registerAgent(parseBody(createAgentSchema, request.body), clientSecrets);
    if (registration.errors !== undefined) throw invalidParams(registration.errors);
    const { privateKey, clientSecret } = registration;
    const origin = changeOriginOf(response);
    const agent = await agents.create(registration.agent, origin);
    metrics.agentCreations.inc();
    kit.logger.info({ agent: agent.id, role: agent.role, operator: origin.operator }, 'agent created');
    const body: CreateAgentResponse = {
      ...representAgent(agent),
      ...(privateKey === undefined ? {} : { privateKey }),
      ...(clientSecret === undefined ? {} : { clientSecret }),
    };
    response
      .status(201)
      .set({ Location: `/v1/agents/${agent.id}`, ETag: entityTagOf(agent), 'Cache-Control': 'no-store' })
      .json(body);
  };
}
