import {
  //#region credential
  type CredentialSource,
  //#endregion
  type ExchangeContext,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  parseJsonAnswer,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import * as z from 'zod';
//#region credential
import type { TemplateToolCredential } from './template-tool-credential.ts';

//#endregion

/** What is relied on of an answer (https://api.template-tool.example/docs/items). Other members are left out. */
const itemSchema = z.object({ id: z.string(), name: z.string() });
export type Item = z.infer<typeof itemSchema>;

/** What the provider says with a status of failure (https://api.template-tool.example/docs/errors). */
const complaintSchema = z
  .object({ error: z.object({ message: z.string(), code: z.coerce.string() }) })
  .transform(({ error }) => error);

export interface TemplateToolClient {
  /**
   * `GET /items/{id}`.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`
   */
  readItem(context: ExchangeContext, id: string): Promise<Item>;
}

export interface TemplateToolClientOptions {
  readonly baseUrl: string;
  //#region credential
  readonly credentials: CredentialSource<TemplateToolCredential>;
  //#endregion
}

export function createTemplateToolClient(
  provider: ProviderClient,
  options: TemplateToolClientOptions,
): TemplateToolClient {
  return {
    async readItem(context, id) {
      const response = await provider.request(context, {
        method: 'GET',
        url: new URL(`${options.baseUrl}/items/${encodeURIComponent(id)}`),
        template: '/items/{id}',
        headers: {
          accept: 'application/json',
          //#region credential
          authorization: `Bearer ${options.credentials.get().apiKey}`,
          //#endregion
        },
      });
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      const item = itemSchema.safeParse(parseJsonAnswer(response));
      if (!item.success) throw malformedAnswer('The provider answered in an unknown form.', item.error);
      return item.data;
    },
  };
}
