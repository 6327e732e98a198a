import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  loadConfig,
  setting,
} from '@4runr/service-kit/config';
import * as z from 'zod';

/** Where a language stands in the base URL. */
export const langPlace = '{lang}';

const baseUrl = z
  .string()
  .refine(
    (text) => /^https?:\/\//.test(text) && URL.canParse(text.replaceAll(langPlace, 'en')),
    'is no http(s) URL',
  )
  .transform((text) => text.replace(/\/$/, ''));

export const settings = {
  ...baseSettings(4015, { bodyBytesMax: forwardedBodyBytesMax }),
  baseUrl: setting('WIKIPEDIA_BASE_URL', baseUrl, {
    default: 'https://{lang}.wikipedia.org',
    about: 'where Wikipedia is; `{lang}` stands for the language of a call',
  }),
  contact: setting('WIKIPEDIA_CONTACT', z.string().regex(/^[\x20-\x7e]*$/, 'is not printable ASCII'), {
    default: '',
    about: 'e-mail address or URL by which Wikimedia reaches whoever runs this gateway, sent in `User-Agent`',
  }),
};

export type WikipediaConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): WikipediaConfig =>
  loadConfig(settings, environment);
