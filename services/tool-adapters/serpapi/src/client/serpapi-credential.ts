import { secretText } from '@4runr/adapter-kit';
import * as z from 'zod';

/** What `PUT /v1/credentials/serpapi` has to hold. */
export const serpapiCredentialSchema = z.strictObject({
  /** https://serpapi.com/manage-api-key */
  apiKey: secretText(),
});
export type SerpapiCredential = z.infer<typeof serpapiCredentialSchema>;
