import { ProblemError } from '@4runr/service-kit/errors';
import type { AuthenticatedCall, ResolvedCall } from '../domain/call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import { findTool } from './find-tool.ts';
import type { Step } from './pipeline.ts';

/** Which tool and action? @throws ProblemError `tool.unknown`, `action.unknown`, `service.unavailable` */
export function resolve(parts: { tools: ToolRegistry }): Step<AuthenticatedCall, ResolvedCall> {
  return (call) => {
    const tool = findTool(parts.tools, call.toolName);
    const action = tool.actions.get(call.actionName);
    if (action === undefined) {
      throw new ProblemError('action.unknown', {
        detail: `${tool.name} has the actions ${[...tool.actions.keys()].join(', ')}.`,
      });
    }
    return { ...call, tool, action };
  };
}
