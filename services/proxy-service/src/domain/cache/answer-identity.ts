import { createHash } from 'node:crypto';
import { type AdapterObligation, actingAgentsOf } from '@4runr/contracts/decision';
import type { ActionCache } from '@4runr/contracts/manifest';
import { hashParams } from '@4runr/service-kit/mesh';
import type { ValidatedCall } from '../call.ts';

/**
 * What an answer is the answer to: calls of one identity may have the same one. It holds the action and its manifest's version,
 * the parameters in canonical form (RFC 8785), what the decision obliges the adapter to, since a redirect that one may follow
 * another may not, and, unless the manifest says that the answer is the same for all, the agent and whoever acts for it.
 */
export function answerIdentityOf(
  call: Pick<ValidatedCall, 'agent' | 'tool' | 'action' | 'params'>,
  { scope }: Pick<ActionCache, 'scope'>,
  obligations: readonly AdapterObligation[],
): string {
  const { agent, tool, action, params } = call;
  const holder = scope === 'shared' ? [] : [agent.id, ...actingAgentsOf(agent.act).map(({ id }) => id)];
  const distinct = [tool.version, scope, holder, obligations, hashParams(params)];
  const digest = createHash('sha256').update(JSON.stringify(distinct)).digest('base64url');
  return `${action.scope}:${digest}`;
}
