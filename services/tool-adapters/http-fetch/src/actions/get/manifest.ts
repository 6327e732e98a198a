import type { ActionManifest } from '@4runr/contracts/manifest';
import { pageParamsSchema, pageResultProperties } from '../../client/page-schemas.ts';

export const getManifest: ActionManifest = {
  description: 'Fetches a page by GET. A status below 500 other than 429 is a result.',
  effect: 'read',
  timeoutMs: 15_000,
  params: pageParamsSchema,
  result: {
    type: 'object',
    required: ['url', 'redirects', 'status', 'headers', 'encoding', 'content', 'bytes'],
    properties: {
      ...pageResultProperties,
      encoding: { enum: ['text', 'json', 'base64'], description: 'How `content` carries the page.' },
      content: { description: 'The page: text, the value of a JSON document, or base64 of anything else.' },
      bytes: { type: 'integer', description: 'Length of the page, uncompressed.' },
    },
    additionalProperties: false,
  },
};
