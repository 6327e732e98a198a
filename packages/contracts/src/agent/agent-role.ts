import * as z from 'zod';
import { roleSchema } from '../token/index.ts';
import { agentIdSchema } from './agent.ts';

/** Where proxy-service reads an agent's role from auth-service; never reachable through the edge. */
export function agentRolePath(id: string): string {
  return `/internal/agents/${encodeURIComponent(id)}/role`;
}

/** `200` of `GET /internal/agents/{id}/role`; 404 `agent.unknown` for an agent that there is not. */
export const agentRoleSchema = z.object({ id: agentIdSchema, role: roleSchema });
export type AgentRole = z.infer<typeof agentRoleSchema>;
