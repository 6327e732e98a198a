import type { ActionManifest } from '@4runr/contracts/manifest';

/** Parameters of `wikipedia:summary`. */
export interface SummaryParams {
  readonly title: string;
  /** Default: `en`. */
  readonly lang?: string;
}

export const summaryManifest: ActionManifest = {
  description:
    'Reads what Wikipedia says of a subject: the first sentences of its page, by the page’s title.',
  effect: 'read',
  timeoutMs: 10_000,
  params: {
    type: 'object',
    required: ['title'],
    properties: {
      title: {
        type: 'string',
        minLength: 1,
        maxLength: 255,
        // What no title can have (https://en.wikipedia.org/wiki/Wikipedia:Page_name), `.` and `..` among them.
        pattern: '^(?!\\.{1,2}$)[^\\u0000-\\u001f\\u007f#<>\\[\\]{}|]+$',
        description: 'Title of the page, in any case of its first letter; redirects are followed.',
      },
      lang: {
        type: 'string',
        pattern: '^[a-z]{2,12}(-[a-z]{2,12}){0,3}$',
        description: 'Language edition, as in its host name, e.g. en or zh-yue. Default: en.',
      },
    },
    additionalProperties: false,
    examples: [{ title: 'Earth' }, { title: 'Erde', lang: 'de' }],
  },
  result: {
    type: 'object',
    required: ['type', 'title', 'lang', 'extract', 'url'],
    properties: {
      type: { type: 'string', description: 'standard, disambiguation, no-extract, mainpage …' },
      title: { type: 'string' },
      description: { type: 'string', description: 'What the subject is, in a few words.' },
      extract: { type: 'string', description: 'The first sentences, as plain text.' },
      lang: { type: 'string' },
      url: { type: 'string', description: 'Of the page; name it when you use the text (CC BY-SA).' },
      thumbnailUrl: { type: 'string' },
      timestamp: { type: 'string', description: 'When the page was last edited.' },
    },
    additionalProperties: false,
  },
  cache: { ttlSeconds: 3_600, scope: 'shared', staleWhileRevalidateSeconds: 86_400 },
};
