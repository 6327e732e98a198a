import type { ActionManifest } from '@4runr/contracts/manifest';
import { pageParamsSchema, pageResultProperties } from '../../client/page-schemas.ts';

export const headManifest: ActionManifest = {
  description: 'Asks for a page’s status and headers by HEAD. A status below 500 other than 429 is a result.',
  effect: 'read',
  timeoutMs: 10_000,
  params: pageParamsSchema,
  result: {
    type: 'object',
    required: ['url', 'redirects', 'status', 'headers'],
    properties: pageResultProperties,
    additionalProperties: false,
  },
};
