import { toolListSchema } from '@4runr/contracts/call';
import type { Policy } from '@4runr/contracts/policy';
import type { AgentName } from '../stack/stack-file.ts';
import type { EdgeClient } from './edge-client.ts';
import { type ClientCredentials, requestToken } from './request-token.ts';

const attemptsMax = 50;

/**
 * Lets a demonstration agent call a tool that no built-in policy allows, by a policy of its own, `demo-<tool>`. One that is
 * there already stays as it is. Returns once the agent is told of the tool, or after five seconds: then its call says why not.
 *
 * @param demonstration `token` is the agent's; `pause` waits a tenth of a second
 * @throws Error when the gateway does not take the policy
 */
export async function permitDemonstration(demonstration: {
  edge: EdgeClient;
  operator: ClientCredentials;
  tool: string;
  action: string;
  agent: AgentName;
  token: string;
  pause: () => Promise<void>;
}): Promise<void> {
  const { edge, operator, tool, action, agent, token, pause } = demonstration;
  const name = `demo-${tool.replaceAll('_', '-')}`;
  const json: Policy = { name, subjects: { roles: [agent] }, allow: [`${tool}:${action}`] };
  const operatorToken = await requestToken(edge, operator);
  const { status, body } = await edge.send('/v1/policies', { method: 'POST', token: operatorToken, json });
  if (status === 409) return;
  if (status !== 201) throw new Error(`policy ${name} was not stored: ${status} ${JSON.stringify(body)}`);
  for (let attempt = 1; attempt < attemptsMax && !(await isTold(edge, token, tool)); attempt += 1)
    await pause();
}

async function isTold(edge: EdgeClient, token: string, tool: string): Promise<boolean> {
  const { body } = await edge.send('/v1/tools', { token });
  const tools = toolListSchema.safeParse(body);
  return tools.success && tools.data.items.some(({ name }) => name === tool);
}
