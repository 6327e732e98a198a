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
  ...baseSettings(4013, { bodyBytesMax: forwardedBodyBytesMax }),
  baseUrl: setting('OPENAI_BASE_URL', url('http', 'https'), {
    default: 'https://api.openai.com',
    about: 'base URL of the OpenAI API, without `/v1`',
  }),
  ...vaultSettings(),
  apiKey: setting('OPENAI_API_KEY', text(), {
    default: '',
    secret: true,
    about: 'key of the OpenAI account, where the vault has none',
  }),
};

export type OpenaiConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): OpenaiConfig =>
  loadConfig(settings, environment);
