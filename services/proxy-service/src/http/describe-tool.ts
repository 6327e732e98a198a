import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import { createBearerVerifier, toAgent } from '../pipeline/authenticate.ts';
import type { RouteParts } from './routes.ts';
import { setTokenHeaders } from './token-headers.ts';
import { createToolView } from './tool-view.ts';

/** `GET /v1/tools/{tool}`. A tool that the agent may not call looks like one that does not exist. */
export function describeTool(parts: RouteParts): RequestHandler {
  const verifyBearer = createBearerVerifier(parts);
  const viewFor = createToolView(parts.policy);
  return async (request, response) => {
    const agent = toAgent(await verifyBearer(request.headers.authorization));
    const tool = parts.tools.find(String(request.params.tool));
    const view = await viewFor(agent, tool, request.get('agent-intent'));
    if (view === undefined) throw new ProblemError('tool.unknown');
    setTokenHeaders(response, agent);
    response.json(view);
  };
}
