import { ProblemError } from '@4runr/service-kit/errors';
import type { RequestHandler } from 'express';
import { findTool } from '../pipeline/find-tool.ts';
import { createToolAsker } from './ask-for-tools.ts';
import type { RouteParts } from './routes.ts';
import { createToolView } from './tool-view.ts';

/** `GET /v1/tools/{tool}`. A tool that the agent may not call looks like one that does not exist. */
export function describeTool(parts: RouteParts): RequestHandler {
  const admit = createToolAsker(parts);
  const viewFor = createToolView(parts.inquire);
  return async (request, response) => {
    const asker = await admit(request, response);
    const [view] = await viewFor(asker, [findTool(parts.tools, String(request.params.tool))]);
    if (view === undefined) throw new ProblemError('tool.unknown');
    response.json(view);
  };
}
