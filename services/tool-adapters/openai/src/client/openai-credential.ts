import { secretText } from '@4runr/adapter-kit';
import * as z from 'zod';

/** What `PUT /v1/credentials/openai` has to hold. */
export const openaiCredentialSchema = z.strictObject({
  /** https://platform.openai.com/api-keys */
  apiKey: secretText(),
});
export type OpenaiCredential = z.infer<typeof openaiCredentialSchema>;
