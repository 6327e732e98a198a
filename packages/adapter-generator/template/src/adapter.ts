import { defineAdapter } from '@4runr/adapter-kit';
import { createTemplateActionHandler } from './actions/template-action/handler.ts';
import { templateActionManifest } from './actions/template-action/manifest.ts';
import { createTemplateToolClient } from './client/template-tool-client.ts';
//#region credential
import { templateToolCredentialSchema } from './client/template-tool-credential.ts';
//#endregion
import {
  readConfig,
  //#region credential
  settings,
  //#endregion
} from './config.ts';

export const templateToolAdapter = defineAdapter({
  manifest: {
    tool: 'template_tool',
    version: '1',
    description: 'Template description.',
    actions: { template_action: templateActionManifest },
  },
  readConfig,
  compose: ({
    config,
    createProviderClient,
    //#region credential
    createCredentialSource,
    //#endregion
  }) => {
    const client = createTemplateToolClient(createProviderClient(), {
      baseUrl: config.baseUrl,
      //#region credential
      credentials: createCredentialSource({
        vault: config,
        schema: templateToolCredentialSchema,
        fallback: { apiKey: config.apiKey },
        settings: [settings.apiKey.env],
      }),
      //#endregion
    });
    return { template_action: createTemplateActionHandler(client) };
  },
});
