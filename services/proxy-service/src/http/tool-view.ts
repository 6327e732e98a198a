import type { ToolDescription } from '@4runr/contracts/call';
import { scopeCovers } from '@4runr/contracts/token';
import type { Tool, ToolAction } from '../domain/tool.ts';
import type { ScopeInquiry } from '../mesh/scope-inquiry.ts';
import type { ToolAsker } from './ask-for-tools.ts';

/** Those of the tools of which an agent may call something, each with the actions that it may call. */
export type ToolView = (asker: ToolAsker, tools: readonly Tool[]) => Promise<ToolDescription[]>;

/** Policy is asked once, about every action that the agent's token carries. */
export function createToolView(inquire: ScopeInquiry): ToolView {
  return async (asker, tools) => {
    const carried = tools
      .flatMap(({ actions }) => [...actions.values()])
      .filter(({ scope }) => scopeCovers(asker.agent.scopes, scope));
    const allowed = new Set(await inquire(asker, carried));
    return tools
      .map((tool) => ({
        tool,
        actions: [...tool.actions.values()].filter((action) => allowed.has(action)),
      }))
      .filter(({ actions }) => actions.length > 0)
      .map(({ tool, actions }) => describe(tool, actions));
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
