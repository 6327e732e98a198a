import { secretText } from '@4runr/adapter-kit';
import * as z from 'zod';

/** What `PUT /v1/credentials/template_tool` has to hold. */
export const templateToolCredentialSchema = z.strictObject({ apiKey: secretText() });
export type TemplateToolCredential = z.infer<typeof templateToolCredentialSchema>;
