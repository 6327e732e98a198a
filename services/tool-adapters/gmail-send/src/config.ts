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
  ...baseSettings(4014, { bodyBytesMax: forwardedBodyBytesMax }),
  baseUrl: setting('GMAIL_BASE_URL', url('http', 'https'), {
    default: 'https://gmail.googleapis.com',
    about: 'base URL of the Gmail API',
  }),
  tokenUrl: setting('GMAIL_TOKEN_URL', url('http', 'https'), {
    default: 'https://oauth2.googleapis.com/token',
    about: 'token endpoint of the mailbox’s authorization server',
  }),
  ...vaultSettings(),
  clientId: setting('GMAIL_CLIENT_ID', text(), {
    default: '',
    about: 'OAuth client that was given access to the mailbox, where the vault has none',
  }),
  clientSecret: setting('GMAIL_CLIENT_SECRET', text(), {
    default: '',
    secret: true,
    about: 'secret of the OAuth client',
  }),
  refreshToken: setting('GMAIL_REFRESH_TOKEN', text(), {
    default: '',
    secret: true,
    about: 'refresh token of the mailbox, with the scope gmail.send, and gmail.metadata for `profile`',
  }),
  sender: setting('GMAIL_SENDER', text(), {
    default: '',
    about: 'address that mail is sent from, where the credential in the vault names none',
  }),
};

export type GmailSendConfig = ConfigOf<typeof settings>;

export const readConfig = (environment: Environment = process.env): GmailSendConfig =>
  loadConfig(settings, environment);
