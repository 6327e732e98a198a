import { vaultSettings } from '@4runr/adapter-kit';
import { modelPricesSchema } from '@4runr/contracts/cost';
import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  integer,
  json,
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
  outputTokens: setting('OPENAI_OUTPUT_TOKENS', integer(1, 1_000_000), {
    default: '4096',
    about: 'tokens that an answer may have where the caller sets no limit; an answer that needs more is cut',
  }),
  prices: setting('OPENAI_PRICES', json(modelPricesSchema), {
    default: '{}',
    about:
      'prices beside and instead of the known ones: JSON `{model: {input, output}}`, in millionths of a US dollar for a million tokens',
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
