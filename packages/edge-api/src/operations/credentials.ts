import {
  credentialFieldNameForm,
  credentialFieldSchema,
  credentialFieldsMax,
  credentialListSchema,
  credentialSchema,
} from '@4runr/contracts/credential';
import * as z from 'zod';
import type { Operation } from '../operation.ts';

const path = z.object({ tool: z.string() });
/** What the contract's own schema takes; it looks at names before values, so that no fault repeats a secret, which JSON Schema cannot say. */
const fields = z
  .record(z.string().regex(credentialFieldNameForm), credentialFieldSchema)
  .meta({ minProperties: 1, maxProperties: credentialFieldsMax, example: { apiKey: '…' } });
const credential = credentialSchema.meta({ id: 'Credential' });

export const credentialOperations: readonly Operation[] = [
  {
    method: 'get',
    path: '/v1/credentials',
    id: 'listCredentials',
    summary: 'Which tools have a stored credential; secrets are never returned',
    caller: 'credentials:write',
    answers: { 200: { about: 'The credentials.', body: credentialListSchema } },
  },
  {
    method: 'get',
    path: '/v1/credentials/{tool}',
    id: 'getCredential',
    summary: 'What is known of a stored credential',
    caller: 'credentials:write',
    params: { path },
    answers: { 200: { about: 'The credential.', body: credential } },
    codes: ['tool.unknown'],
  },
  {
    method: 'put',
    path: '/v1/credentials/{tool}',
    id: 'putCredential',
    summary: 'A new version, which the adapter has within seconds',
    caller: 'credentials:write',
    params: { path },
    body: fields,
    answers: {
      200: { about: 'The new version.', body: credential },
      201: { about: 'The first one.', body: credential },
    },
    codes: ['params.invalid', 'media_type.unsupported'],
  },
  {
    method: 'delete',
    path: '/v1/credentials/{tool}',
    id: 'deleteCredential',
    summary: 'Forgets the credential',
    caller: 'credentials:write',
    params: { path },
    answers: { 204: { about: 'It is gone.' } },
    codes: ['tool.unknown'],
  },
];
