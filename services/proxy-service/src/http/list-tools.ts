import type { ToolList } from '@4runr/contracts/call';
import type { RequestHandler } from 'express';
import { createBearerVerifier, toAgent } from '../pipeline/authenticate.ts';
import type { RouteParts } from './routes.ts';
import { setTokenHeaders } from './token-headers.ts';
import { createToolView } from './tool-view.ts';

/** `GET /v1/tools`: the tools of which the agent may call at least one action. */
export function listTools(parts: RouteParts): RequestHandler {
  const verifyBearer = createBearerVerifier(parts);
  const viewFor = createToolView(parts.policy);
  return async (request, response) => {
    const agent = toAgent(await verifyBearer(request.headers.authorization));
    const views = await Promise.all(
      parts.tools.all().map((tool) => viewFor(agent, tool, request.get('agent-intent'))),
    );
    const list: ToolList = { items: views.filter((view) => view !== undefined) };
    setTokenHeaders(response, agent);
    response.json(list);
  };
}
