import {
  type CredentialSource,
  type ExchangeContext,
  isSuccess,
  malformedAnswer,
  type ProviderClient,
  parseJsonAnswer,
  rejectedAnswer,
} from '@4runr/adapter-kit';
import * as z from 'zod';
import type { OpenaiConfig } from '../config.ts';
import type { OpenaiCredential } from './openai-credential.ts';

/** What is relied on of a chat completion (https://platform.openai.com/docs/api-reference/chat/object). */
const completionSchema = z.looseObject({
  choices: z.array(z.looseObject({})),
  usage: z.looseObject({ prompt_tokens: z.number().min(0), completion_tokens: z.number().min(0) }).nullish(),
});
export type ChatCompletion = z.infer<typeof completionSchema>;

/** What OpenAI says with a status of failure (https://platform.openai.com/docs/guides/error-codes). */
const complaintSchema = z
  .object({
    error: z.object({ message: z.string(), code: z.string().nullish(), type: z.string().nullish() }),
  })
  .transform(({ error: { message, code, type } }) => ({ message, code: code ?? type ?? undefined }));

export interface OpenaiClient {
  /**
   * `POST /v1/chat/completions`, not streamed. The completion is as OpenAI wrote it.
   *
   * @throws ProblemError `upstream.rejected`, `upstream.failed`, `upstream.timeout`, `service.unavailable` without a credential
   */
  completeChat(context: ExchangeContext, body: object): Promise<ChatCompletion>;
}

const chatPath = '/v1/chat/completions';

export function createOpenaiClient(
  provider: ProviderClient,
  { baseUrl }: Pick<OpenaiConfig, 'baseUrl'>,
  credentials: CredentialSource<OpenaiCredential>,
): OpenaiClient {
  return {
    async completeChat(context, body) {
      const { apiKey } = credentials.get();
      const response = await provider.request(context, {
        method: 'POST',
        url: new URL(`${baseUrl}${chatPath}`),
        template: chatPath,
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!isSuccess(response)) throw rejectedAnswer(response, complaintSchema);
      const completion = parseJsonAnswer(response) as ChatCompletion;
      const checked = completionSchema.safeParse(completion);
      if (!checked.success) throw malformedAnswer('OpenAI answered in an unknown form.', checked.error);
      return completion;
    },
  };
}
