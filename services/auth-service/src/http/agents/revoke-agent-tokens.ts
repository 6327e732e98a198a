import type { RevokeAgentTokensResponse } from '@4runr/contracts/agent';
import type { RequestHandler } from 'express';
import { revokeAgentTokens } from '../../domain/agent-edit.ts';
import { type AgentChangeParts, changeAgent } from './change-agent.ts';

/** `POST /v1/agents/{id}/revoke-tokens`: every token that the agent has got so far ends; new ones can be had at once. */
export function revokeAgentTokensHandler(parts: AgentChangeParts): RequestHandler {
  return async (request, response) => {
    const { epoch } = await changeAgent(parts, { request, response }, revokeAgentTokens);
    const body: RevokeAgentTokensResponse = { epoch };
    response.json(body);
  };
}
