import { vaultSettings } from '@4runr/adapter-kit';
import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  loadConfig,
  setting,
  text,
  url,
} from '@4runr/service-kit/config';

export const settings = {
  ...baseSettings(4011, { bodyBytesMax: forwardedBodyBytesMax }),
  baseUrl: setting('SERPAPI_BASE_URL', url('http', 'https'), {
    default: 'https://serpapi.com',
    about: 'base URL of SerpAPI',
  }),
  ...vaultSettings(),
  apiKey: setting('SERPAPI_API_KEY', text(), {
    default: '',
    secret: true,
    about: 'key of the SerpAPI account, where the vault has none',
  }),
};

export type SerpapiConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): SerpapiConfig =>
  loadConfig(settings, environment);
