import type { AuthenticatedCall, ResolvedCall } from '../domain/call.ts';
import type { ToolRegistry } from '../domain/tool.ts';
import { findAction } from './find-tool.ts';
import type { Step } from './pipeline.ts';

/** Which tool and action? @throws ProblemError `tool.unknown`, `action.unknown`, `service.unavailable` */
export function resolve(parts: { tools: ToolRegistry }): Step<AuthenticatedCall, ResolvedCall> {
  return (call) => ({ ...call, ...findAction(parts.tools, call.toolName, call.actionName) });
}
