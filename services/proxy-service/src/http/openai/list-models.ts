import { scopeCovers } from '@4runr/contracts/token';
import { traceIdOf } from '@4runr/service-kit/http';
import type { RequestHandler } from 'express';
import type { ToolAction } from '../../domain/tool.ts';
import type { Inquired } from '../../mesh/scope-inquiry.ts';
import { findAction } from '../../pipeline/find-tool.ts';
import { createToolAsker } from '../ask-for-tools.ts';
import type { RouteParts } from '../routes.ts';

/** A model in OpenAI's form (https://platform.openai.com/docs/api-reference/models/object). */
interface Model {
  readonly id: string;
  readonly object: 'model';
  /** Nobody here knows when it was made: 0. */
  readonly created: number;
  readonly owned_by: string;
}

/**
 * `GET /openai/v1/models`: those of the models that the adapter knows a price for which the agent may call. Policy is asked once
 * about all of them; one that it allows and that has no price is not listed, and can be called all the same.
 */
export function listModels(parts: RouteParts): RequestHandler {
  const admit = createToolAsker(parts);
  return async (request, response) => {
    response.set('X-Request-Id', traceIdOf(response));
    const asker = await admit(request, response);
    const { action } = findAction(parts.tools, 'openai', 'chat');
    const isCarried = scopeCovers(asker.agent.scopes, action.scope);
    const allowed = isCarried ? await parts.inquire(asker, modelsOf(action)) : [];
    response.json({ object: 'list', data: allowed.map(({ model }) => toModel(model.name)) });
  };
}

function modelsOf({ scope, manifest }: ToolAction): readonly Required<Inquired>[] {
  const { param, perMillion } = manifest.cost?.tokens?.prices ?? {};
  if (param === undefined || perMillion === undefined) return [];
  return Object.keys(perMillion).map((name) => ({ scope, model: { param, name } }));
}

function toModel(id: string): Model {
  return { id, object: 'model', created: 0, owned_by: 'openai' };
}
