import { factAnnotation, type JsonSchema } from '@4runr/contracts/manifest';

/** Parameters that both actions have. */
export interface PageParams {
  readonly url: string;
  readonly accept?: string;
  readonly acceptLanguage?: string;
}

const headerValue = { type: 'string', minLength: 1, maxLength: 256, pattern: '^[\\x20-\\x7e]+$' };

export const pageParamsSchema: JsonSchema = {
  type: 'object',
  required: ['url'],
  properties: {
    url: {
      type: 'string',
      minLength: 1,
      maxLength: 8_192,
      description: 'What is fetched, by http or https. Redirects are followed, up to 5.',
      [factAnnotation]: 'url',
    },
    accept: { ...headerValue, description: 'Media types that are wanted, as in the header Accept.' },
    acceptLanguage: {
      ...headerValue,
      description: 'Languages that are wanted, as in the header Accept-Language.',
    },
  },
  additionalProperties: false,
  examples: [{ url: 'https://example.com/' }],
};

/** The members of a result that both actions have. */
export const pageResultProperties = {
  url: { type: 'string', description: 'Where the answer came from, after all redirects.' },
  redirects: { type: 'array', items: { type: 'string' }, description: 'The URLs that redirected, in order.' },
  status: { type: 'integer' },
  headers: { type: 'object', additionalProperties: { type: 'string' } },
};
