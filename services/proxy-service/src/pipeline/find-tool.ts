import { ProblemError } from '@4runr/service-kit/errors';
import type { Tool, ToolRegistry } from '../domain/tool.ts';

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
