import { vaultSettings } from '@4runr/adapter-kit';
import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  integer,
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
  usdMicrosPerSearch: setting('SERPAPI_USD_MICROS_PER_SEARCH', integer(0, 1_000_000_000), {
    default: '15000',
    about:
      'price of a search, in millionths of a US dollar; by default that of 5,000 searches for 75 (https://serpapi.com/pricing)',
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
