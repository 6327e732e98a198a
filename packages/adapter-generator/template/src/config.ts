//#region credential
import { vaultSettings } from '@4runr/adapter-kit';
//#endregion
import {
  baseSettings,
  type ConfigOf,
  type Environment,
  forwardedBodyBytesMax,
  loadConfig,
  setting,
  //#region credential
  text,
  //#endregion
  url,
} from '@4runr/service-kit/config';

export const settings = {
  ...baseSettings(4010, { bodyBytesMax: forwardedBodyBytesMax }),
  baseUrl: setting('TEMPLATE_TOOL_BASE_URL', url('http', 'https'), {
    default: 'https://api.template-tool.example',
    about: 'base URL of the provider',
  }),
  //#region credential
  ...vaultSettings(),
  apiKey: setting('TEMPLATE_TOOL_API_KEY', text(), {
    default: '',
    secret: true,
    about: 'key of the account at the provider, where the vault has none',
  }),
  //#endregion
};

export type TemplateToolConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): TemplateToolConfig =>
  loadConfig(settings, environment);
