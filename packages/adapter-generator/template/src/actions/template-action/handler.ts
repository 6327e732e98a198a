import type { ActionHandler } from '@4runr/adapter-kit';
import type { TemplateToolClient } from '../../client/template-tool-client.ts';
import type { TemplateActionParams } from './manifest.ts';

/** `template_tool:template_action`: the result is the provider's item. */
export function createTemplateActionHandler(client: TemplateToolClient): ActionHandler<TemplateActionParams> {
  return async (call) => ({ result: await client.readItem(call, call.params.id) });
}
