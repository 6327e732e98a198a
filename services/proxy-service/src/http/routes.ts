import type { ProblemError } from '@4runr/service-kit/errors';
import type { Route } from '@4runr/service-kit/http';
import type { Jobs } from '../jobs/compose-jobs.ts';
import type { AgentRoles } from '../mesh/agent-roles.ts';
import type { MeshReadiness } from '../mesh/mesh-readiness.ts';
import type { ScopeInquiry } from '../mesh/scope-inquiry.ts';
import type { Simulate } from '../mesh/simulation-client.ts';
import type { RunningParts } from '../pipeline/steps.ts';
import { callTool } from './call-tool.ts';
import { describeTool } from './describe-tool.ts';
import { acceptJob } from './jobs/accept-job.ts';
import { jobRoutes } from './jobs/routes.ts';
import { listTools } from './list-tools.ts';
import { completeChat } from './openai/complete-chat.ts';
import { listModels } from './openai/list-models.ts';
import { protectedResource } from './protected-resource.ts';
import { type PurgeParts, purgeCache } from './purge-cache.ts';
import { ready } from './ready.ts';
import type { ReceivingLimits } from './received-call.ts';
import { simulateCall } from './simulate-call.ts';

export interface RouteParts extends RunningParts, ReceivingLimits {
  readonly publicUrl: string;
  readonly meshReadiness: MeshReadiness;
  readonly inquire: ScopeInquiry;
  readonly simulate: Simulate;
  readonly rolesOf: AgentRoles;
  /** `undefined` where they are switched off. */
  readonly jobs: Jobs | undefined;
  readonly purging: PurgeParts;
  /** Tells the log and the trace of a failure that is not rendered as a problem document. */
  readonly reportFailure: (problem: ProblemError, path: string) => void;
}

export function createRoutes(parts: RouteParts): readonly Route[] {
  return [
    { method: 'get', path: '/v1/tools', handlers: [listTools(parts)] },
    { method: 'get', path: '/v1/tools/:tool', handlers: [describeTool(parts)] },
    { method: 'post', path: '/v1/tools/:tool/:action', handlers: [...acceptJob(parts), callTool(parts)] },
    ...jobRoutes(parts),
    { method: 'post', path: '/openai/v1/chat/completions', handlers: [completeChat(parts)] },
    { method: 'get', path: '/openai/v1/models', handlers: [listModels(parts)] },
    { method: 'post', path: '/v1/policies/simulate', handlers: simulateCall(parts) },
    { method: 'delete', path: '/v1/cache/:tool', handlers: purgeCache(parts) },
    { method: 'get', path: '/.well-known/oauth-protected-resource', handlers: [protectedResource(parts)] },
    { method: 'get', path: '/ready', handlers: [ready(parts)] },
  ];
}
