import { ProblemError } from '@4runr/service-kit/errors';
import type { Tool, ToolAction, ToolRegistry } from '../domain/tool.ts';

/**
 * @throws ProblemError `tool.unknown` when no adapter is configured for the name, `service.unavailable` when its adapter
 * has told of nothing that can be used
 */
export function findTool(tools: ToolRegistry, name: string): Tool {
  const tool = tools.get(name);
  if (tool !== undefined) return tool;
  if (!tools.names.has(name)) throw new ProblemError('tool.unknown');
  throw new ProblemError('service.unavailable', {
    detail: `The tool ${name} cannot be used now.`,
    headers: { 'Retry-After': '1' },
  });
}

/** @throws ProblemError as `findTool`; `action.unknown` for an action that the tool does not have */
export function findAction(
  tools: ToolRegistry,
  toolName: string,
  actionName: string,
): { readonly tool: Tool; readonly action: ToolAction } {
  const tool = findTool(tools, toolName);
  const action = tool.actions.get(actionName);
  if (action !== undefined) return { tool, action };
  throw new ProblemError('action.unknown', {
    detail: `${tool.name} has the actions ${[...tool.actions.keys()].join(', ')}.`,
  });
}
