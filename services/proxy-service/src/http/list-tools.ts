import type { ToolList } from '@4runr/contracts/call';
import type { RequestHandler } from 'express';
import { createToolAsker } from './ask-for-tools.ts';
import type { RouteParts } from './routes.ts';
import { createToolView } from './tool-view.ts';

/** `GET /v1/tools`: the tools of which the agent may call at least one action. */
export function listTools(parts: RouteParts): RequestHandler {
  const admit = createToolAsker(parts);
  const viewFor = createToolView(parts.inquire);
  return async (request, response) => {
    const asker = await admit(request, response);
    const list: ToolList = { items: await viewFor(asker, parts.tools.all()) };
    response.json(list);
  };
}
