import { randomUUID } from 'node:crypto';
import type { ToolDescription } from '@4runr/contracts/call';
import { scopeCovers } from '@4runr/contracts/token';
import type { Tool, ToolAction } from '../domain/tool.ts';
import type { PolicyClient } from '../mesh/policy-client.ts';
import type { ToolAsker } from './ask-for-tools.ts';

/** A tool with the actions that an agent may call; `undefined` when it may call none. */
export type ToolView = (asker: ToolAsker, tool: Tool) => Promise<ToolDescription | undefined>;

export function createToolView(policy: PolicyClient): ToolView {
  async function mayCall({ agent, intent }: ToolAsker, action: ToolAction): Promise<boolean> {
    if (!scopeCovers(agent.scopes, action.scope)) return false;
    const { decision } = await policy.evaluate(agent, action.scope, dryRunContext(intent));
    return decision;
  }
  return async (asker, tool) => {
    const actions = [...tool.actions.values()];
    const allowed = await Promise.all(actions.map((action) => mayCall(asker, action)));
    const visible = actions.filter((_action, index) => allowed[index] === true);
    return visible.length === 0 ? undefined : describe(tool, visible);
  };
}

/** Asks about an action as such: without parameters there are no facts that a guard could refuse. */
function dryRunContext(intent: string | undefined) {
  return {
    callId: `call_${randomUUID()}`,
    params: {},
    facts: { url: [], model: [], recipient: [] },
    requestBytes: 0,
    dryRun: true,
    ...(intent === undefined ? {} : { intent }),
  };
}

function describe(tool: Tool, actions: readonly ToolAction[]): ToolDescription {
  return {
    name: tool.name,
    version: tool.version,
    description: tool.description,
    actions: actions.map(({ name, scope, manifest }) => ({
      name,
      scope,
      description: manifest.description,
      effect: manifest.effect,
      params: manifest.params,
      ...(manifest.result === undefined ? {} : { result: manifest.result }),
    })),
  };
}
